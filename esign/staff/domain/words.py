"""The words of every refusal, by its code: cause and cure in Chinese, cause and cure in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    # Logging in. The first one never says which part was wrong, nor whether there is such a login.
    "login-refused": (
        "登录未成功",
        "请检查登录名、密码和动态码；多次失败后该登录名会暂停使用一段时间",
        "the login was refused",
        "check login name, password and code; after several failures a login rests for a while",
    ),
    "code-needed": (
        "还需要动态码",
        "请输入身份验证器上的六位数字，或一个恢复码",
        "a code is needed too",
        "enter the six digits of the authenticator, or a recovery code",
    ),
    "codes-locked": (
        "动态码连续输错五十次，已停用",
        "请用恢复码登录，或请两位同事重置；有人知道您的密码，请尽快修改",
        "codes were wrong fifty times in a row, and are not taken any more",
        "log in with a recovery code, or have two colleagues reset it; somebody knows your password: change it",
    ),
    "too-many-tries": (
        "来自此网络的登录次数过多",
        "请十五分钟后再试",
        "there were too many logins from this network",
        "wait fifteen minutes and try again",
    ),
    "session-over": ("登录已失效", "请重新登录", "the session is over", "log in again"),
    "invitation-refused": (
        "邀请无效或已过期",
        "请让管理员重新邀请",
        "the invitation is not valid, or not any more",
        "ask an administrator for another one",
    ),
    # Passwords and second factors.
    "password-short": (
        "密码太短",
        "请使用至少十二个字符",
        "the password is too short",
        "use twelve characters or more",
    ),
    "password-long": (
        "密码太长",
        "请使用不超过一百二十八个字符",
        "the password is too long",
        "use 128 characters at most",
    ),
    "password-common": (
        "密码太常见",
        "请换一个别人猜不到的密码",
        "the password is among the first that anybody would try",
        "choose one that nobody can guess",
    ),
    "password-names-login": (
        "密码中含有登录名",
        "请换一个不含登录名的密码",
        "the password contains the login name",
        "choose one without it",
    ),
    "password-wrong": ("当前密码不正确", "请重新输入", "the present password is another one", "enter it again"),
    "code-wrong": (
        "动态码不正确或已用过",
        "请等待下一个动态码后输入",
        "the code is wrong or was used already",
        "wait for the next one and enter that",
    ),
    "totp-enrolled-already": (
        "已绑定身份验证器",
        "如需更换，请申请由两人重置",
        "an authenticator is bound already",
        "have it reset by two people, then bind another",
    ),
    "totp-not-enrolled": (
        "尚未绑定身份验证器",
        "请先绑定身份验证器",
        "no authenticator is bound",
        "bind one first",
    ),
    "second-factor-needed": (
        "此操作需要用动态码登录",
        "请绑定身份验证器并重新登录",
        "this needs a session with a second factor",
        "bind an authenticator, and log in with its code",
    ),
    # The PIN of a tablet.
    "pin-form": ("PIN 应为六位数字", "请输入六位数字", "the PIN is not six digits", "enter six digits"),
    "pin-weak": (
        "这个 PIN 太容易被猜到",
        "请换一个，不要用连号、重复或成对的数字",
        "this PIN is among the first that anybody would try",
        "choose another one: no sequence, no repetition, no pairs",
    ),
    # Members.
    "no-member": ("没有此员工", "请核对编号", "there is no such member of staff", "check the id"),
    "member-exists": ("此员工已存在", "请核对编号", "there is such a member already", "take another id"),
    "login-taken": ("登录名已被使用", "请换一个登录名", "the login name is taken", "choose another one"),
    "phone-taken": (
        "这个电话已有账户",
        "请恢复或重新邀请该员工，或换一个电话",
        "somebody of the staff has this phone already",
        "reinstate or reinvite them, or take another phone",
    ),
    "login-name-malformed": (
        "登录名格式不正确",
        "请使用三至三十二个小写字母、数字或点、横线、下划线，以字母开头",
        "this is no login name",
        "use 3 to 32 lower-case letters, digits and . _ -, a letter first",
    ),
    "person-malformed": (
        "姓名或电话格式不正确",
        "请检查姓名和电话",
        "name or phone is not in a form that can be kept",
        "give a printable name of 1 to 64 bytes, and a phone of 5 to 15 digits",
    ),
    "no-role": ("没有选择角色", "请至少选择一个角色", "no role was chosen", "choose one or more"),
    "roles-need-approval": (
        "授予该角色需要两人",
        "请先以销售或运营角色邀请，再申请变更角色",
        "these roles take two people",
        "invite as sales or operations, then request the roles and have another person approve",
    ),
    "own-account": (
        "不能对自己的账户执行此操作",
        "请让另一位管理员办理",
        "nobody does this to their own account",
        "ask another administrator",
    ),
    "last-admin": (
        "这是最后一位管理员",
        "请先让另一位成为管理员",
        "this is the last administrator",
        "make another one first",
    ),
    "member-suspended": ("该员工已停用", "请先恢复该员工", "the member is suspended", "reinstate the member first"),
    "member-not-suspended": (
        "该员工未停用",
        "请先停用该员工",
        "the member is not suspended",
        "suspend the member first",
    ),
    "member-forgotten": (
        "该员工资料已删除",
        "请重新邀请",
        "the member's data was erased",
        "invite the person anew",
    ),
    "admin-exists": (
        "已有管理员",
        "请由管理员邀请其他员工",
        "there is an administrator already",
        "have an administrator invite others: esign staff invite",
    ),
    "not-allowed": (
        "您的角色不能执行此操作",
        "请让有权限的人办理",
        "your role does not allow this",
        "ask somebody whose role does",
    ),
    # Institutions.
    "no-institution": (
        "没有此机构，或您无权查看",
        "请核对编号",
        "there is no such institution, or it is not yours to see",
        "check the id",
    ),
    "institution-exists": ("此机构已存在", "请核对编号", "there is such an institution already", "take another id"),
    "institution-closed": ("该机构已关闭", "请选择其他机构", "the institution is closed", "choose another one"),
    "institution-not-empty": (
        "该机构下还有机构或员工",
        "请先迁出",
        "institutions or members are still in it",
        "move them out first",
    ),
    "institution-is-root": (
        "这是最上级机构",
        "请选择其下级机构",
        "this is the institution above all others",
        "choose one below it",
    ),
    "institution-in-itself": (
        "机构不能移到自己之下",
        "请选择其他上级机构",
        "an institution cannot be put below itself",
        "choose another place",
    ),
    "institution-name": (
        "机构名称格式不正确",
        "请使用一至一百二十个可见字符",
        "this is no name of an institution",
        "use 1 to 120 printable characters",
    ),
    "tree-too-deep": ("机构层级过多", "请放在更高一级", "there would be too many levels", "put it higher"),
    # Approvals.
    "no-approval": (
        "没有此审批，或您无权查看",
        "请核对编号",
        "there is no such approval, or it is not yours to see",
        "check the id",
    ),
    "approval-needed": (
        "此操作需要两人",
        "请先申请，并由另一位同事批准",
        "this takes two people",
        "request it, and have another person approve",
    ),
    "approval-exists": ("此审批已存在", "请核对编号", "there is such an approval already", "take another id"),
    "own-approval": (
        "不能审批自己的申请",
        "请让另一位同事审批",
        "nobody decides their own request, or one about themselves",
        "ask a colleague",
    ),
    "approval-of-invited": (
        "您和申请人，一个邀请过另一个",
        "请让没有参与邀请的同事审批",
        "one of you two invited the other",
        "ask a colleague who did not invite whoever asked, and was not invited by them",
    ),
    "words-too-long": ("说明太长", "请写得更短", "the words are too long", "write 1000 characters at most"),
    "approval-expired": ("审批已过期", "请重新申请", "the approval has expired", "request it anew"),
    "approval-decided": ("该申请已处理", "请刷新页面", "the request was decided already", "look at it again"),
    "approval-open": (
        "这项申请还在等人审批",
        "请等另一位同事审批；要改内容，请先让同事拒绝这一项",
        "nobody has decided about this request yet",
        "wait until a colleague does; to ask for something else, have them refuse this one first",
    ),
    "approval-not-given": ("该申请未获批准", "请重新申请", "the request was refused", "request it anew"),
    "approval-used": ("该审批已使用", "请重新申请", "the approval was used already", "request it anew"),
    "approval-of-something-else": (
        "该审批不适用于此操作",
        "请申请此操作的审批",
        "the approval is for something else",
        "request one for exactly this act",
    ),
}
