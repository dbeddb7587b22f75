"""The words of refusals about print runs, parcels and where something is scanned; in the form of `words`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PRINTING_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "no-print-run": (
        "没有此打印批次",
        "请从打印台选择批次",
        "there is no such print run",
        "choose one at the print desk",
    ),
    "print-run-nothing": (
        "现在没有等待打印的纸质保单",
        "请等新的保单出单",
        "no paper policy waits to be printed",
        "wait until one is issued",
    ),
    "print-file-erased": (
        "此打印文件已按期删除",
        "如需重印，请先登记遗失或损坏",
        "this print file was erased on its day",
        "report the policy lost or damaged to have it printed again",
    ),
    "no-parcel": (
        "没有此包裹",
        "请扫描包裹标签，或先为网点开一个包裹",
        "there is no such parcel",
        "scan the label of a parcel, or open one for the outlet",
    ),
    "parcel-wanted": (
        "还没有选包裹",
        "请先扫描包裹标签，再扫描保单",
        "no parcel is chosen",
        "scan the label of the parcel first, then the policies",
    ),
    "parcel-closed": (
        "此包裹已封口",
        "请为该网点再开一个包裹",
        "this parcel is closed",
        "open another one for the outlet",
    ),
    "parcel-open": (
        "此包裹还没有封口",
        "请先在此包裹的页面上封口，再扫描标签发出",
        "this parcel is not closed yet",
        "close it at its page, then scan its label to dispatch it",
    ),
    "parcel-empty": (
        "此包裹里没有保单",
        "请先扫描保单装入",
        "there is no policy in this parcel",
        "scan policies into it first",
    ),
    "parcel-dispatched": (
        "此包裹已经发出",
        "请核对包裹号",
        "this parcel was dispatched already",
        "check the number of the parcel",
    ),
    "scan-elsewhere": (
        "这份保单不归本机构办理",
        "请放到一边，交回打印中心或转给所属网点",
        "this policy is not for this institution",
        "set it apart, and send it to where it belongs",
    ),
    "scan-earlier-print": (
        "这是重印前的旧件，已经作废",
        "请收起销毁，不要送出；送出的应是最近一次打印的那份",
        "this is an earlier print of the policy, and void",
        "put it away and destroy it; the latest print is the one to deliver",
    ),
    "scan-which-print": (
        "这份保单重印过，只凭保单号分不出新旧",
        "请扫描封面上的条码，或者输入封面上完整的编码（保单号后面还有打印次数和字母）",
        "this policy was printed again, and its number alone does not tell which print this is",
        "scan the code on the cover, or type all of it: the number, the print and the letter behind it",
    ),
    "scan-misread": (
        "编码读错或者输错了",
        "请再扫一次；手工输入请核对保单号、打印次数和最后的字母",
        "the code was misread or mistyped",
        "scan it again, or check the number, the print and the letter that were typed",
    ),
    "print-other-copy": (
        "打印文件做好之前，这份保单又要重新打印",
        "请重新制作没有做成的部分",
        "the policy was to be printed anew while its file was made",
        "have the run try again what was not made",
    ),
    "scan-other-parcel": (
        "这份保单登记在另一个包裹里，没有登记到达",
        "请先核对包裹标签；保单确实在手上的，点下面的按钮登记",
        "this policy is on the list of another parcel, and was not taken in",
        "check the label of the parcel; if you hold the policy all the same, press the button below",
    ),
    "scan-no-salesperson": (
        "没有这位业务员，或者已经离职",
        "请从名单中选择；如已离职，请主管先改派",
        "there is no such salesperson, or they have left",
        "choose one of the list; have the supervisor reassign it if they left",
    ),
    "scan-unreadable": (
        "照片里没有读到条码",
        "请对准条码、光线充足再拍一张，或者手工输入保单号",
        "no barcode could be read in the picture",
        "take another one, close and in good light, or type the number",
    ),
}
