"""Every text of the interface, once, in Chinese and English. Texts of questionnaires come from their scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agent_app.administering.words import WORDS as ADMIN_WORDS
from agent_app.supervising.words import WORDS

LANGUAGES: Final = ("zh", "en")
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"zh": "中文", "en": "English"}

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    **WORDS,
    **ADMIN_WORDS,
    "product": ("外呼坐席", "Waihu desk"),
    # --- signing in and out
    "sign_in.title": ("登录", "Sign in"),
    "sign_in.lead": ("用您的工号和密码登录，开始今天的外呼。", "Sign in with your agent name and password."),
    "sign_in.username": ("工号", "Agent name"),
    "sign_in.password": ("密码", "Password"),
    "sign_in.submit": ("登录", "Sign in"),
    "sign_in.code": (
        "此账号需要验证器上的验证码，请再次输入密码和验证码。",
        "This account needs the code of its authenticator. Enter the password again, and the code.",
    ),
    "sign_in.wrong_code": (
        "验证码不正确或已过期，请等下一个验证码。",
        "The code is wrong or too old. Wait for the next one.",
    ),
    "sign_in.code_label": ("验证码", "Code"),
    "sign_in.wrong": ("工号或密码不正确，请重新输入。", "The name or the password is wrong. Please try again."),
    "sign_in.not_allowed": (
        "此账号目前不能登录，请联系主管。",
        "This account cannot sign in at present. Please ask your supervisor.",
    ),
    "sign_in.unreachable": (
        "暂时连不上登录服务，请稍后再试。",
        "The sign-in service cannot be reached right now. Please try again shortly.",
    ),
    "sign_in.stale": ("页面已过期，请再登录一次。", "This page had expired. Please sign in once more."),
    "sign_in.empty": ("请输入工号和密码。", "Please enter your name and password."),
    "sign_out.title": ("退出登录", "Sign out"),
    "sign_out.lead": ("确定要退出吗？", "Do you want to sign out?"),
    "sign_out.waiting": (
        "还有 {count} 条答案正在发送，退出后会继续送达，不会丢失。",
        "{count} answers are still on their way. They will be delivered after you sign out; nothing is lost.",
    ),
    "sign_out.open": (
        "您还有一份未完成的访问。下次登录时会从当前题目继续。",
        "An interview is still open. It goes on at the same question when you sign in again.",
    ),
    "sign_out.submit": ("退出", "Sign out"),
    "sign_out.cancel": ("返回工作台", "Back to the desk"),
    # --- top of the page
    "top.language": ("English", "中文"),
    "top.sign_out": ("退出", "Sign out"),
    "top.desk": ("工作台", "Desk"),
    "top.figures": ("运营看板", "Figures"),
    "top.dashboards": ("指标看板", "Dashboards"),
    # --- choosing a campaign
    "campaigns.title": ("选择项目", "Choose a campaign"),
    "campaigns.lead": ("按数字键选择，系统会为您取下一个联系人。", "Press a digit; the next contact is taken for you."),
    "campaigns.none": (
        "目前没有分配给您的项目，请联系主管。",
        "No campaign is assigned to you at present. Please ask your supervisor.",
    ),
    "campaigns.unavailable": ("暂时读不到项目列表。", "The list of campaigns cannot be read right now."),
    # --- the case
    "case.title": ("联系人", "Contact"),
    "case.phone": ("电话", "Phone"),
    "case.dial": ("拨号", "Dial"),
    "case.dial_failed": ("没能取到号码：{reason}", "The number could not be fetched: {reason}"),
    "case.dialled": ("号码已交给拨号器。", "The number was handed to the dialler."),
    "case.attempt": ("第 {count} 次联系", "Attempt {count}"),
    "case.history": ("联系记录", "Earlier calls"),
    "case.no_history": ("这是第一次联系。", "This is the first call."),
    "case.details": ("资料", "Details"),
    "detail.subject": ("事项", "Subject"),
    "detail.subject_at": ("时间", "Time"),
    "case.connect_rings": (
        "正在通过 Amazon Connect 呼叫，接通后会转到您的话机。",
        "Amazon Connect is ringing; the call comes to your phone once it is answered.",
    ),
    "case.connect_away": (
        "呼叫平台暂时没有响应，请再按一次拨号。",
        "The calling platform does not answer right now. Press the dial key again.",
    ),
    "case.connect_not_allowed": (
        "呼叫平台不允许拨打这个号码，请选择“没有接通”。",
        "The calling platform may not ring this number. Take the way out for calls not reached.",
    ),
    "case.connect_refused": (
        "呼叫平台没有接受这次呼叫，请告知主管。",
        "The calling platform refused this call. Please tell your supervisor.",
    ),
    # --- states of the agent
    "strip.interviews": ("完成", "Interviews"),
    "strip.attempts": ("拨打", "Attempts"),
    "strip.refusals": ("拒访", "Refusals"),
    "strip.talk": ("通话", "Talk"),
    "strip.wrap": ("整理", "Wrap-up"),
    "strip.break": ("休息", "Break"),
    "strip.appointment": ("下一个预约 {at} {name}", "Next appointment {at} {name}"),
    "strip.after": ("通话结束后：{state}", "After this call: {state}"),
    "state.after_call": ("这次访问结束后转为“{state}”。", "After this interview your state becomes: {state}."),
    "state.not_after_call": ("访问结束后照常继续。", "After this interview work goes on as usual."),
    "state.begin": ("开始：{state}", "Begin: {state}"),
    "resting.title": ("{state}中", "{state}"),
    "resting.lead": ("现在不会给您分配联系人。", "No contact is given to you now."),
    "resting.most": ("建议不超过 {minutes} 分钟。", "It should take no longer than {minutes} minutes."),
    "resting.back": ("回来工作", "Back to work"),
    "elsewhere.title": ("您在另一处登录了", "You signed in at another place"),
    "elsewhere.lead": (
        "同一个工号只能在一处工作，这里已经停下，答案都在。如果不是您本人登录的，请马上告诉主管。",
        "One name works at one place at a time: this one has stopped. If it was not you, tell your supervisor at once.",
    ),
    "elsewhere.here": ("在这里继续工作", "Work here"),
    # --- interviews laid aside
    "parked.open": ("搁置的访问", "Parked interviews"),
    "parked.title": ("搁置的访问", "Parked interviews"),
    "parked.lead": ("按数字键，从停下的那道题继续。", "Press a digit to go on at the question where it stopped."),
    "parked.none": ("没有可以继续的访问。", "There is no interview to go on with."),
    "parked.where": ("停在“{title}”，已完成 {percent}%", "at “{title}”, {percent}% done"),
    "parked.mine": ("{at} 搁置，保留到 {until}", "parked {at}, kept until {until}"),
    "parked.others": ("{at} 由同事搁置，保留到 {until}", "parked by a colleague {at}, kept until {until}"),
    "parked.done": ("访问已搁置", "The interview is parked"),
    "parked.done_lead": (
        "答案都在。可以随时从“搁置的访问”里接着问。",
        "All answers are kept. Go on with it at any time from the parked interviews.",
    ),
    "note.kept": ("备注已记下。", "The note is kept."),
    "report.kept": ("已反馈给管理员，谢谢。请照常继续。", "Reported to the administrator, thank you. Please carry on."),
    # --- the questionnaire
    "ask.next": ("下一题", "Next"),
    "ask.back": ("上一题", "Back"),
    "ask.jump": ("跳到已答题目", "Go to an answered question"),
    "ask.exits": ("中止访问", "Ways out"),
    "ask.note": ("坐席提示", "For you only"),
    "ask.required": ("必答", "required"),
    "ask.confirm": ("答案无误，继续", "The answer is right, go on"),
    "ask.soft": ("请核对", "Please check"),
    "ask.progress": ("进度", "Progress"),
    "ask.choose_many": ("可多选：再按一次取消", "Several may be chosen: press again to undo"),
    "ask.two_digits": ("按两位数字选择", "Type two digits"),
    "ask.range": ("{minimum} 到 {maximum}", "{minimum} to {maximum}"),
    "ask.at_least": ("不小于 {minimum}", "{minimum} or more"),
    "ask.at_most": ("不大于 {maximum}", "{maximum} or less"),
    "ask.date": ("格式：年年年年-月月-日日", "Format: YYYY-MM-DD"),
    "ask.time": ("格式：时时:分分", "Format: HH:MM"),
    "ask.datetime": ("格式：年年年年-月月-日日 时时:分分", "Format: YYYY-MM-DD HH:MM"),
    "ask.yes": ("是", "Yes"),
    "ask.no": ("否", "No"),
    "ask.lost": (
        "连接中断，正在重新连接。已保存的答案都在，请稍候。",
        "The connection was lost and is being found again. Saved answers are safe; one moment.",
    ),
    "ask.close": ("关闭", "Close"),
    "ask.search": ("输入文字查找题目", "Type to find a question"),
    "ask.nothing_found": ("没有这样的题目。", "No such question."),
    "ask.here": ("现在", "here"),
    "ask.note_title": ("备注", "Note"),
    "ask.note_short": ("备注", "Note"),
    "ask.report_short": ("这道题有问题", "Report this question"),
    "ask.park_short": ("搁置，稍后继续", "Park, go on later"),
    "ask.note_label": (
        "留给下一位同事的话（不要写身份证号等个人资料）",
        "For the next colleague (no identity numbers or the like)",
    ),
    "ask.report_title": ("这道题有问题", "Something is wrong here"),
    "ask.report_label": (
        "哪里不对？可以不填，直接按 Enter 反馈",
        "What is wrong? It may be left empty: Enter sends the report",
    ),
    "ask.park_title": ("搁置访问，稍后继续", "Park, go on later"),
    "ask.park_label": (
        "为什么停下？可以不填，按 Enter 搁置",
        "Why does it stop? It may be left empty: Enter parks the interview",
    ),
    "ask.send": ("确定", "OK"),
    "ask.tools": ("工具", "Tools"),
    "ask.state_title": ("切换状态", "Change your state"),
    "ask.state_after": ("访问结束后切换到", "After this interview change to"),
    "ask.today": ("今天", "Today"),
    "ask.over": ("已超时", "overdue"),
    "ask.help": ("快捷键", "Keys"),
    "help.choose": (
        "选择选项；多选时再按一次取消",
        "choose an option; press again to undo it",
    ),
    "help.enter": ("下一项，最后一项之后是下一题", "next field; after the last one the next question"),
    "help.back": ("上一题", "the question before"),
    "help.move": ("同一题里的上一项、下一项", "another field of the same question"),
    "help.page": ("看长题目的下面部分", "more of a long question"),
    "help.special": ("不知道、拒答、不适用", "don't know, refused, not applicable"),
    "help.jump": ("跳到已答的题目，可输入文字查找", "go to an answered question; type to find it"),
    "help.language": ("中文、英文", "Chinese, English"),
    "help.dial": ("拨号", "dial"),
    "help.confirm": ("答案虽被提醒，但确认无误", "the doubted answer is right"),
    "help.state": ("就绪、休息、培训", "ready, break, training"),
    "help.note": ("写备注", "write a note"),
    "help.report": ("这道题有问题", "something is wrong with this question"),
    "help.park": ("搁置访问，稍后继续", "park the interview, go on later"),
    "help.exit": (
        "访问的各种出口；正在输入文字时同时按 Alt",
        "ways out of the interview; with Alt while typing",
    ),
    "help.help": ("打开、关闭本页", "open and close this page"),
    "special.dk": ("不知道", "Don't know"),
    "special.refused": ("拒答", "Refused"),
    "special.na": ("不适用", "Not applicable"),
    # --- waiting, failing, ending
    "wait.title": ("请稍候", "One moment"),
    "wait.lead": ("正在等待服务器的答复。", "Waiting for the server's reply."),
    "failed.title": ("这一步没有成功", "This step did not succeed"),
    "failed.at": ("位置：{node}", "At: {node}"),
    "failed.away": (
        "暂时连不上服务器。已有的答案都保存在这里，不会丢失。",
        "The server cannot be reached right now. All answers so far are kept here; nothing is lost.",
    ),
    "failed.refused": ("服务器没有接受这次请求。", "The server did not accept this request."),
    "failed.internal": (
        "这道题出了问题，答案都已保存。请选择怎么继续。",
        "Something is wrong with this question. The answers are kept. Please choose how to go on.",
    ),
    "failed.reference": ("编号：{reference}", "Reference: {reference}"),
    "choice.retry": ("再试一次", "Try again"),
    "choice.go_on": ("跳过这一步，继续访问", "Go on without it"),
    "choice.park": ("搁置此联系人，取下一个", "Park this contact, take the next"),
    "ended.title": ("访问结束", "The interview is over"),
    "ended.parked": ("已搁置，稍后会重新安排", "Parked; it will be called again later"),
    "ended.outcome": ("结果代码 {outcome}", "Outcome {outcome}"),
    "ended.next": ("取下一个联系人", "Take the next contact"),
    "ended.stop": ("换项目或休息", "Another campaign, or a break"),
    "queue.title": ("暂时没有要拨打的联系人", "There is nobody to call right now"),
    "queue.again": ("再看一次", "Look again"),
    "queue.other": ("返回项目列表", "Back to the campaigns"),
    "queue.unknown": ("服务器没有给出联系人，请稍后再看一次。", "The server gave no contact. Look again in a moment."),
    # --- banners
    "away.title": ("服务器暂时不可用，请照常继续访问。", "The server is away. Please carry on as usual."),
    "away.answers": (
        "{count} 条答案已保存在本机，恢复后自动送达。",
        "{count} answers are kept here and sent once it is back.",
    ),
    "away.calls": ("{count} 项待送达。", "{count} messages are waiting."),
    "late.title": ("{count} 条内容正在重发，请照常继续。", "{count} items are being sent again. Please carry on."),
    "aside.title": (
        "有 {count} 项未被服务器接受，已单独保存，请告知主管。",
        "{count} items were not accepted by the server. They are kept aside; please tell your supervisor.",
    ),
    "aside.item": ("{node}：{code}", "{node}: {code}"),
    "aside.dismiss": ("知道了", "Understood"),
    "session.ended": (
        "登录已失效，请重新登录。未送达的答案会在登录后继续发送。",
        "Your sign-in has ended. Please sign in again; what is waiting is sent then.",
    ),
    "session.sign_in": ("重新登录", "Sign in again"),
    "other_tab": (
        "此访问已在另一个窗口继续，这里显示最新状态。",
        "This interview went on in another window; this is where it stands now.",
    ),
    # --- figures
    "figures.title": ("运营看板", "Figures"),
    "figures.last_hour": ("最近 1 小时", "Last hour"),
    "figures.last_hours": ("最近 {count} 小时", "Last {count} hours"),
    "figures.last_days": ("最近 {count} 天", "Last {count} days"),
    "figures.completes": ("每小时完成数", "Completes per hour"),
    "figures.outcomes": ("结果分布", "Outcomes"),
    "figures.failures": ("各节点失败次数", "Failures by node"),
    "figures.latency": ("操作耗时（毫秒）", "Action latency (ms)"),
    "figures.campaign": ("项目", "Campaign"),
    "figures.p50": ("中位数", "Median"),
    "figures.p95": ("95 分位", "95th percentile"),
    "figures.none": ("这段时间没有数据。", "No data in this time."),
    "figures.total": ("完成总数", "Completes"),
    "figures.actions": ("操作总数", "Actions"),
    "figures.failed": ("失败总数", "Failures"),
    "figures.unavailable": ("暂时读不到指标：{reason}", "The metrics cannot be read right now: {reason}"),
    "boards.title": ("指标看板", "Dashboards"),
    "boards.which": ("看板", "Dashboard"),
    "boards.none": ("没有名称以 {prefix} 开头的看板。", "There is no dashboard whose name begins with {prefix}."),
    "boards.not_drawn": (
        "由其他指标算出，请在 CloudWatch 查看：{expression}",
        "Computed from other metrics, see CloudWatch: {expression}",
    ),
    "figures.window": ("时间范围", "Time range"),
}


def text(language: str, key: str, **values: object) -> str:
    """The interface's text `key` in `language` (`zh` or `en`; any other reads as English).

    Raises:
        KeyError: no such text.
    """
    chinese, english = TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)


def texts(language: str, prefix: str) -> dict[str, str]:
    """All texts below `prefix`, by the rest of their key, unfilled: for what is drawn in the browser."""
    index = 0 if language == "zh" else 1
    return {key.removeprefix(prefix): both[index] for key, both in TEXTS.items() if key.startswith(prefix)}


def best_language(accepted: str, default: str) -> str:
    """The interface language for an `Accept-Language` header, `default` where it names none of ours."""
    for part in accepted.split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return default
