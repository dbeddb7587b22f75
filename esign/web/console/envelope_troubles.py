"""What is told where something of an envelope cannot be had: status, title, cause, cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.web.words import N_

ENVELOPE_TROUBLES: Final[Mapping[str, tuple[int, str, str, str]]] = {
    "no-screen": (
        404,
        N_("没有这个画面"),
        N_("这个信封的签署人没有看过它，或者地址不完整。"),
        N_("请从经过的页面打开。"),
    ),
    "no-page-image": (
        404,
        N_("没有这张图片"),
        N_("签署人没有看过这一页的这张图片。"),
        N_("请从经过的页面打开。"),
    ),
    "evidence-closed": (
        409,
        N_("证据是密封的"),
        N_("密封的证据要两个人同意才能开启，开启之后看三十分钟。"),
        N_("请在信封的页面申请开启，等另一位同事同意。"),
    ),
    "evidence-restricted": (
        409,
        N_("只保存，不再使用"),
        N_("本人要求删除，法律要求保存：期满之前不查看、不使用。"),
        N_("确有法律上的理由，请在信封的页面申请开启，等另一位同事同意。"),
    ),
    "not-sealed-yet": (
        409,
        N_("文件还没有封存"),
        N_("所有人签完之后才封存。"),
        N_("请等信封完成，再下载封存的文件；原件现在就可以下载。"),
    ),
    "not-certified-yet": (
        409,
        N_("还没有签署完成证书"),
        N_("证书在任务完成后几秒内生成。"),
        N_("过一会儿再看；由旧版本完成的任务没有证书。"),
    ),
    "event-not-covered": (
        409,
        N_("还没有存在证明"),
        N_("最后一条事件还没有被检查点覆盖。"),
        N_("检查点几分钟一个，请过一会儿再下载。"),
    ),
    "no-manifest": (
        404,
        N_("还没有证据清单"),
        N_("签署人确认之后，才有证据清单。"),
        N_("请等签署人确认，再下载。"),
    ),
    "no-verification": (
        404,
        N_("没有这次核验"),
        N_("编号不对，报告已经删除，或者是别的同事核验的。"),
        N_("请从核验记录里打开。"),
    ),
    "record-erased": (
        410,
        N_("内容已经删除"),
        N_("保存期限已过，或者已应要求删除了相关的个人信息。"),
        N_("删除的内容不能恢复；经过和摘要仍然保留。"),
    ),
    "not-done": (
        409,
        N_("这一步没有办成"),
        N_("页面和实际情况对不上。"),
        N_("请打开最新的页面，再做一次。"),
    ),
}
