"""Which kinds of file are kept?"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FileKind(models.TextChoices):
    """What a file is by its content."""

    PDF = "pdf", "PDF"
    DOCX = "docx", pgettext_lazy("kind of file", "Word document")
    XLSX = "xlsx", pgettext_lazy("kind of file", "Excel workbook")
    PPTX = "pptx", pgettext_lazy("kind of file", "PowerPoint presentation")
    PNG = "png", pgettext_lazy("kind of file", "PNG picture")
    JPG = "jpg", pgettext_lazy("kind of file", "JPEG picture")
    TXT = "txt", _("Plain text")
    CSV = "csv", pgettext_lazy("kind of file", "CSV table")


PICTURES = frozenset({FileKind.PNG, FileKind.JPG})
