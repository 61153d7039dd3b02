"""How a file of an entry comes in: examined, and refused under the market's own name."""

from functools import partial

from pilotharbor.kernel.files import contents
from pilotharbor.kernel.files import store as files


class FileRefused(contents.FileRefused):
    """This file cannot be kept: {why}."""

    code = "technologies.file_refused"


Staged = files.Staged
keep = files.keep
let_nobody_keep = files.let_nobody_keep
named_elsewhere = files.named_elsewhere
destroy = files.destroy
path_of = files.path_of
staged = partial(files.staged, refused=FileRefused)
