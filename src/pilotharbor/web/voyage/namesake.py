"""Under which code does a case played again found its company, which is founded only once?"""

import secrets

from pilotharbor.kernel.codes import USCC_ALPHABET, organisation_check_digit, uscc_check_digit


def another_code(uscc: str) -> str:
    """A valid unified social credit code of another organisation of the same registry and place."""
    body = "MA" + "".join(secrets.choice(USCC_ALPHABET) for _ in range(6))
    code = uscc[:8] + body + organisation_check_digit(body)
    return code + uscc_check_digit(code)
