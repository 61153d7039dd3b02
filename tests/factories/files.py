"""Small files of every kind, made and not copied."""

import io
import struct
import zipfile
import zlib


def office(main, *, text="", **parts):
    """An office file with one part by which it is known and maybe others."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(main, f"<w><p>{text}</p></w>")
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


def archive():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.txt", "a")
    return packed.getvalue()


def png():
    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GOOD = {
    "报告.pdf": PDF, "方案.docx": office("word/document.xml"), "表.xlsx": office("xl/workbook.xml"),
    "路演.pptx": office("ppt/presentation.xml"), "图.png": png(), "照片.JPEG": b"\xff\xd8\xff\xe0" + b"0" * 9,
    "说明.txt": "公斤级".encode(), "数据.csv": "批次,纯度\n1,99.5\n".encode("gb18030"),
}  # fmt: skip
