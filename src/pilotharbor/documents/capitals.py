"""How is an amount written in Chinese capitals, as papers that move money want it?"""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "兆", "京")


def amount(fen: int) -> str:
    """An amount of fen in capitals: ``捌拾万元整``, ``壹佰零柒元零伍分``.

    Source: R-DOC-4 (正确填写票据和结算凭证的基本规定: 整 after 元, zeros between read once).
    """
    yuan, rest = divmod(abs(fen), 100)
    jiao, odd = divmod(rest, 10)
    text = _whole(yuan) + "元" if yuan or not rest else ""
    if jiao:
        # A round ten of yuan before the jiao is read with a zero, so that nothing can be put between.
        text += ("零" if yuan and yuan % 10 == 0 else "") + DIGITS[jiao] + "角"
    if odd:
        text += ("零" if yuan and not jiao else "") + DIGITS[odd] + "分"
    return ("负" if fen < 0 else "") + text + ("" if jiao or odd else "整")


def _whole(number: int) -> str:
    """A whole number in capitals, read in groups of four digits."""
    if number == 0:
        return "零"
    text, gap = "", False
    for index in range(len(GROUPS) - 1, -1, -1):
        group = number // 10_000**index % 10_000
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + GROUPS[index]
        gap = False
    return text


def _group(number: int) -> str:
    """One to four digits; zeros inside are read once, zeros at the end not at all."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return text
