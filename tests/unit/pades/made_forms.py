"""A form with one field of each kind that flattening meets, drawn with lines and a substitute font."""

from __future__ import annotations

from tests.unit.pades.made_pdfs import HandmadePdf


def filled_form(
    content: bytes = b"1 0 0 RG 10 10 50 50 re S", page: str = "", *, indirect: bool = False
) -> HandmadePdf:
    """Return a page with a text, a turned text, a box that is ticked, one that is not, and a signature field.

    With `indirect`, form, fields, kids and annotations are objects of their own, and the signature field's widget is
    apart from it and has its type from its parents.
    """
    pdf = HandmadePdf(content)
    font = pdf.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    typed = pdf.add_stream(
        f"/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</H {font}>>>>",
        b"/Tx BMC q BT /H 12 Tf 2 5 Td (Filled in) Tj ET Q EMC 0 1 0 RG 1 1 98 18 re S",
    )
    turned = pdf.add_stream(
        f"/BBox[0 0 80 30]/Matrix[0 1 -1 0 30 0]/Resources<</Font<</H {font}>>>>",
        b"0.9 g 0 0 80 30 re f 0 g BT /H 12 Tf 2 5 Td (Turned) Tj ET",
    )
    on = pdf.add_stream("/Subtype/Form/BBox[0 0 10 10]", b"0 0 1 rg 1 1 8 8 re f")
    off = pdf.add_stream("/Subtype/Form/BBox[0 0 10 10]", b"1 1 8 8 re S")
    widget = "<</Type/Annot/Subtype/Widget/F 4"
    fields = [
        pdf.add(f"{widget}/FT/Tx/T(name)/V(Filled in)/Rect[20 100 170 130]/AP<</N {typed}>>>>"),
        pdf.add(f"{widget}/FT/Tx/T(turned)/V(Turned)/Rect[200 60 230 140]/AP<</N {turned}>>>>"),
        pdf.add(f"{widget}/FT/Btn/T(yes)/AS/On/V/On/Rect[20 160 40 180]/AP<</N<</On {on}/Off {off}>>>>>>"),
        pdf.add(f"{widget}/FT/Btn/T(no)/AS/Off/Rect[60 160 80 180]/AP<</N<</On {on}/Off {off}>>>>>>"),
        pdf.add(f"{widget}/FT/Sig/T(sign)/Rect[100 10 200 40]>>"),
    ]
    if indirect:
        kids = pdf.add(f"[{fields[4]}]")
        fields[4:] = [pdf.add(f"{widget}/Rect[100 10 200 40]>>")]
        pdf.added[int(kids.split()[0]) - 5] = f"[{fields[4]}]".encode()
        field = pdf.add(f"<</T(sign)/Kids {kids}/Parent 99 0 R>>")
        below = pdf.add(f"[{fields[3]} {field}]")
        group = pdf.add(f"<</T(group)/FT/Sig/Kids {below}>>")
        pdf.added = [item.replace(b"99 0 R", group.encode()) for item in pdf.added]
        listed = pdf.add(f"[{' '.join(fields[:3])} {group}]")
        pdf.page += f"{page}/Annots {pdf.add('[' + ' '.join(fields) + ']')}"
        pdf.catalog += f"/AcroForm {pdf.add(f'<</Fields {listed}>>')}"
        return pdf
    group = pdf.add(f"<</T(group)/Kids[{fields[3]} {fields[4]}]>>")
    pdf.page += f"{page}/Annots[{' '.join(fields)}]"
    pdf.catalog += f"/AcroForm<</Fields[{' '.join(fields[:3])} {group}]/NeedAppearances false>>"
    return pdf
