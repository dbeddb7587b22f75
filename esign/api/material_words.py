"""Words for codes about what was handed in: documents, fields, handwriting, photos. Status 422 in all.

The core raises them with words of its own in English; here they get both languages, for the error catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.api.own_words import CodeWords

_PDF: Final = ("请导出为普通 PDF 后重新提交", "export it as a plain PDF and send it again")
_WRITE: Final = ("请按 docs/evidence-format.md 提交", "send it as docs/evidence-format.md describes it")
_DRAW: Final = ("请重新书写", "draw the signature again")
_SHOOT: Final = ("请重新拍摄", "take the photo again")
_PLACE: Final = ("请调整签名位置", "give the field another place")


def _words(zh: str, en: str, cure: tuple[str, str]) -> CodeWords:
    return CodeWords(422, zh, cure[0], en, cure[1])


MATERIAL_WORDS: Final[Mapping[str, CodeWords]] = {
    "document-actions": _words("文件带有自动动作", "the document has actions", _PDF),
    "document-ambiguous": _words("文件可以有两种读法", "the document can be read in two ways", _PDF),
    "document-annotations": _words("文件带有链接以外的批注", "the document has annotations other than links", _PDF),
    "document-broken": _words("文件已损坏", "the document is broken", _PDF),
    "document-certified-no-changes": _words("文件已认证为不得更改", "the document is certified against changes", _PDF),
    "document-encrypted": _words(
        "文件已加密", "the document is encrypted", ("请去掉密码后提交", "take the password off and send it again")
    ),
    "document-external-stream": _words("文件引用了外部内容", "the document refers to content outside it", _PDF),
    "document-font-not-embedded": _words(
        "文件没有嵌入字体", "a font is not embedded", ("请嵌入全部字体后导出", "export it with every font embedded")
    ),
    "document-form-without-appearance": _words(
        "表单项没有显示内容", "a form field has nothing that shows it", ("请先把表单转为普通内容", "flatten the form")
    ),
    "document-javascript": _words("文件带有脚本", "the document has JavaScript", _PDF),
    "document-not-pdf": _words("这不是 PDF 文件", "this is not a PDF", ("请提交 PDF 文件", "send a PDF")),
    "document-optional-content": _words("文件带有可隐藏的图层", "the document has layers that can be hidden", _PDF),
    "document-signed-already": _words(
        "文件已有签名", "the document is signed already", ("请提交未签名的文件", "send the unsigned document")
    ),
    "document-signed-form": _words(
        "文件带有已签名的表单", "the document has a signed form", ("请提交未签名的文件", "send the unsigned document")
    ),
    "document-text-notdef": _words(
        "有文字无法显示", "some text has no glyph", ("请换用包含这些字的字体", "use a font that has the characters")
    ),
    "document-too-complex": _words("文件结构过于复杂", "the document is too complex", _PDF),
    "document-too-large": _words("文件过大", "the document is too large", ("请缩小文件", "make it smaller")),
    "document-xfa": _words("文件是 XFA 表单", "the document is an XFA form", _PDF),
    "file-breaks-reader": _words("文件无法读取", "the file breaks whoever reads it", _PDF),
    "file-too-heavy": _words("文件需要的内存或时间过多", "the file takes too much memory or time to read", _PDF),
    "anchor-ambiguous": _words(
        "定位文字出现多次", "the anchor text stands in several places", ("请指定第几处", "say which occurrence")
    ),
    "anchor-document-unreadable": _words("无法读取文件中的文字", "the document's text cannot be read", _PDF),
    "anchor-not-found": _words(
        "没有找到定位文字", "the anchor text is not in the document", ("请核对文字", "check the text")
    ),
    "anchor-page-invalid": _words("没有这一页", "there is no such page", ("页码从 1 开始", "count pages from 1")),
    "anchor-text-invalid": _words(
        "定位文字不可用", "the anchor text cannot be used", ("请换一段文字", "give another text")
    ),
    "field-duplicate": _words("签名位置重名", "two fields have the same name", ("请使用不同的名称", "name each once")),
    "field-name-unusable": _words(
        "签名位置的名称不可用", "the field's name cannot be used", ("请换一个名称", "give another name")
    ),
    "field-off-page": _words("签名位置超出页面", "the field is not on its page", _PLACE),
    "field-page-missing": _words("没有这一页", "there is no such page", _PLACE),
    "field-place-unclear": _words("签名位置不明确", "the field's place is not clear", _PLACE),
    "field-too-small": _words("签名位置太小", "the field is too small", ("请放大签名位置", "make the field larger")),
    "fields-overlap": _words("签名位置互相重叠", "two fields overlap", _PLACE),
    "font-glyph-missing": _words(
        "姓名中有字体不支持的字", "a name has a character that the typeface lacks", ("请核对姓名", "check the name")
    ),
    **{
        f"handwriting-{reason}": _words("笔迹数据不符合格式", "the handwriting is not as its form is described", _WRITE)
        for reason in ("form", "json", "range", "schema", "size", "time")
    },
    "handwriting-replayed": _words("笔迹与以前的一次相同", "the handwriting is the same as an earlier one", _DRAW),
    "handwriting-blank": _words("没有写字", "nothing has been written", _DRAW),
    "handwriting-dot": _words("只有一个点", "the handwriting is a dot", _DRAW),
    "handwriting-straight-line": _words("只有一条直线", "the handwriting is a straight line", _DRAW),
    "handwriting-time-disorder": _words("书写时间次序不正确", "the times of the strokes are out of order", _DRAW),
    "handwriting-too-few-points": _words("笔画太少", "the handwriting has too few points", _DRAW),
    "handwriting-too-little-ink": _words("笔迹太少", "there is too little ink", _DRAW),
    "handwriting-too-much-ink": _words("笔迹太多", "there is too much ink", _DRAW),
    "handwriting-too-long": _words("笔迹过长", "the handwriting is too long", _DRAW),
    "handwriting-too-quick": _words("书写过快", "the handwriting was too quick", _DRAW),
    "handwriting-too-small": _words("字太小", "the handwriting is too small", _DRAW),
    "photo-animated": _words("照片是动图", "the photo is a moving picture", _SHOOT),
    "photo-blurred": _words("照片模糊", "the photo is blurred", _SHOOT),
    "photo-broken": _words("照片文件已损坏", "the photo is broken", _SHOOT),
    "photo-format": _words(
        "照片格式不支持", "the photo is not JPEG, PNG or WebP", ("请使用 JPEG 照片", "send it as JPEG")
    ),
    "photo-nothing-seen": _words("照片中看不到内容", "nothing can be seen on the photo", _SHOOT),
    "photo-size": _words("照片过大", "the photo is too large", ("请缩小照片", "send a smaller one")),
    "photo-too-bright": _words("照片太亮", "the photo is too bright", _SHOOT),
    "photo-too-dark": _words("照片太暗", "the photo is too dark", _SHOOT),
    "photo-too-small": _words("照片太小", "the photo is too small", _SHOOT),
}
"""Codes that a caller can meet for what was handed in."""
