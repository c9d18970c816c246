"""Sound campaigns of six shapes, as their authors would write them, with the pack that ships.

A long symptom survey, a household with repeats in repeats, a call-back alone, a quiz with a score, a complaint with
calls to a server, and a bilingual script full of piped values.
"""

# ruff: noqa: E501 - a passage on one line is as good as ten for a machine
from __future__ import annotations

from functools import cache

from tests.callscript.scripts import shipped

SOUND: dict[str, dict[str, bytes]] = {}


@cache
def packs() -> dict[str, bytes]:
    return {name: data for name, data in shipped("csat").items() if name.startswith("packs/")}


def _sound(name: str, body: str, **files: str) -> None:
    opening = f'<local xmlns="urn:waihu:local:1" campaign="{name}" language="zh" uses="outbound" title="t">'
    whole = f'{opening}\n{body}\n<include block="outbound.exits"/></local>'
    others = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_po", ".po"): text.encode()
        for name, text in files.items()
    }
    SOUND[name] = {**packs(), "local.xml": whole.encode(), **others}


YN = '<options id="yn"><option value="yes">是</option><option value="no">否</option></options>'
# 1 long symptom survey: 60 symptoms each with severity, duration, doctor
SYMPTOMS = "".join(
    f"""<action id="s{i}"><data><say>过去两周，您有过症状{i}吗？</say><field name="s{i}" type="choice" options="yn" required="yes" special="dk refused"/></data><next action="s{i + 1}" when="${{s{i}}} != 'yes' or not(answered(${{s{i}}}))"/></action>
<action id="d{i}"><condition><check test="${{d{i}_days}} le 14" level="hard">两周只有十四天。</check></condition><data><say>有几天？严重吗？</say><field name="d{i}_days" type="integer" min="1" max="31" required="yes" special="dk"/><field name="d{i}_hard" type="choice" options="sev" required="yes" special="dk"/><field name="d{i}_seen" type="boolean" when="${{d{i}_hard}} = '3' or ${{d{i}_days}} > 7" label="看过医生吗？"/></data></action>"""
    for i in range(1, 41)
)
COUNT = " + ".join(f"if(${{s{i}}} = 'yes', 1, 0)" for i in range(1, 41))
BURDEN = " + ".join(f"coalesce(number(${{d{i}_hard}}), 0)" for i in range(1, 41))
_sound(
    "symptoms",
    YN
    + '<options id="sev"><option value="1">轻</option><option value="2">中</option><option value="3">重</option></options>'
    + SYMPTOMS
    + f'''<action id="s41"><data><compute name="many" type="integer" value="{COUNT}"/><compute name="burden" type="integer" value="round({BURDEN})"/><note>共 ${{many}} 个症状，负担 ${{burden}}</note></data><next action="urgent" when="${{burden}} >= 60 or ${{many}} > 20"/><next action="mild" when="${{many}} > 0"/></action>
<action id="none"><data><say>很好，没有症状。</say></data><next action="done"/></action><action id="mild"><data><say>请注意休息。</say></data><next action="done"/></action><action id="urgent"><data><say>请尽快就医。</say><field name="will_go" type="boolean" required="yes" label="会去吗"/></data></action><end id="done" outcome="1.1"/>''',
)
# 2 roster nested repeats
_sound(
    "household",
    YN
    + """<options id="sexes"><option value="m">男</option><option value="f">女</option></options><options id="rel"><option value="self">户主</option><option value="spouse">配偶</option><option value="child">子女</option><option value="parent">父母</option><option value="other" other="rel_other">其他</option></options>
<action id="size"><condition><check test="${people} >= ${minors}" level="hard">不能多于总人数。</check></condition><data><say>家里几口人，其中几个不满十八岁？</say><field name="people" type="integer" min="1" max="20" required="yes"/><field name="minors" type="integer" min="0" max="19" required="yes"/></data></action>
<repeat id="person" count="${people}"><action id="who"><condition><check test="${age} lt 18 or ${relation} != 'child' or ${age} le 80" level="soft">请确认。</check></condition><data><say>请说说第 ${person} 位。</say><field name="pname" type="text" length="1..40" required="yes" label="称呼"/><field name="sex" type="choice" options="sexes" required="yes" label="性别"/><field name="age" type="integer" min="0" max="120" required="yes" special="dk" label="年龄"/><field name="relation" type="choice" options="rel" required="yes" label="关系" when="position() > 1"/><field name="rel_other" type="text" label="什么关系"/><compute name="adult" type="integer" value="if(${age} >= 18, 1, 0)"/></data></action>
<action id="jobs_n"><condition><when>${age} >= 16</when></condition><data><say>${pname}有几份工作？</say><field name="jobs" type="integer" min="0" max="5" required="yes"/></data></action>
<repeat id="job" count="coalesce(${jobs}, 0)"><action id="job_what"><condition><check test="${hours} le 100" level="soft">每周 ${hours} 小时？</check></condition><data><say>第 ${job} 份是什么？每周多少小时？</say><field name="job_title" type="text" required="yes" label="工作"/><field name="hours" type="decimal" min="0.5" max="168" required="yes" special="dk refused" label="小时"/></data></action></repeat>
<action id="hours_all"><condition><when>${jobs} > 0</when></condition><data><compute name="week" type="decimal" value="sum(${hours})"/><note>${pname}：${week} 小时</note></data></action></repeat>
<action id="sums"><data><compute name="adults" type="integer" value="sum(${adult})"/><compute name="oldest" type="integer" value="max(${age})"/><compute name="names" type="text" value="join('、', ${pname})"/><say>一共 ${adults} 位成人：${names}。</say><say when="${oldest} >= 80">家里有老人，${oldest} 岁。</say><field name="right" type="choice" options="yn" required="yes" label="对吗"/></data><next action="size" when="${right} = 'no'"/></action><end id="done" outcome="1.1"/>""",
)
# 3 call-back only
_sound(
    "callback",
    YN
    + """<options id="when"><option value="today" when="now() lt date(today())">今天</option><option value="tomorrow">明天</option><option value="date">某一天</option></options>
<action id="hello"><data><say>${contact.name}您好，您约的时间到了，现在方便吗？</say><say when="${case.attempt} > 1">我们之前打过 ${case.attempt} 次。</say><field name="ok" type="choice" options="yn" required="yes"/></data><next action="bye" when="${ok} = 'yes'"/></action>
<action id="later"><condition><check test="${on_day} > today() and ${on_day} le today() + 30" level="hard">请选三十天内。</check><check test="${on_time} >= '09:00' and ${on_time} le '20:30'" level="hard">九点到二十点半。</check></condition><data><say>那什么时候？</say><field name="on" type="choice" options="when" required="yes"/><field name="on_day" type="date" required="yes" when="${on} = 'date'" label="哪天"/><field name="on_time" type="time" required="yes" special="dk" label="几点"/></data><next action="callback"/></action>
<end id="bye" outcome="1.1"/>""",
)
# 4 quiz
QUESTIONS = "".join(
    f"""<action id="q{i}"><data><say>第 {i} 题（已得 ${{score{i - 1}}} 分）</say><field name="q{i}" type="choice" options="abcd" required="yes" special="dk"/><compute name="score{i}" type="integer" value="${{score{i - 1}}} + if(${{q{i}}} = '{"abcd"[i % 4]}', {1 + i % 3}, 0)"/></data></action>"""
    for i in range(1, 13)
)
_sound(
    "quiz",
    '<options id="abcd" random="yes"><option value="a">甲</option><option value="b">乙</option><option value="c">丙</option><option value="d">丁</option></options><action id="q0"><data><say>开始</say><compute name="score0" type="integer" value="0"/></data></action>'
    + QUESTIONS
    + """<action id="result"><data><compute name="percent" type="decimal" value="round(${score12} * 100 div 24, 1)"/><compute name="grade" type="text" value="if(${percent} >= 90, 'A', if(${percent} >= 60, 'B', 'C'))"/><say>您得了 ${score12} 分，${percent}%。</say></data><next action="great" when="${grade} = 'A'"/><next action="good" when="${grade} = 'B'"/></action>
<action id="again"><data><say>再试一次？</say><field name="retry" type="boolean" required="yes"/></data><next action="q1" when="${retry}"/><next action="done"/></action><action id="good"><data><say>不错</say></data><next action="done"/></action><action id="great"><data><say>太好了</say></data></action><end id="done" outcome="1.1"/>""",
)
# 5 complaint with server calls
SERVER = """<server xmlns="urn:waihu:server:1" pack="complaint"><action id="orders" roles="agent"><param name="phone" type="text" required="yes"/><param name="since" type="date"/><select name="orders" rows="0..n">SELECT o.id, o.words, o.total, o.paid_on FROM shop.orders o <where>o.tail = :phone <if test="answered(${since})">AND o.paid_on >= :since</if></where> ORDER BY o.paid_on DESC LIMIT 20</select><select name="stats" rows="1">SELECT count(*) AS n FROM shop.orders o WHERE o.tail = :phone</select><data><list name="orders" from="orders"><value name="id" type="text"/><value name="words" type="text"/></list><record name="stats" from="stats"><value name="n" type="integer"/></record></data></action>
<action id="open_case" roles="agent"><param name="order" type="text" required="yes"/><param name="kind" type="text" required="yes"/><param name="amount" type="decimal"/><param name="words" type="text"/><param name="interview" type="uuid" required="yes"/><insert name="made" rows="1">INSERT INTO shop.complaints (order_id, kind, amount, words, interview) VALUES (:order, :kind, CAST(:amount AS numeric), :words, :interview) RETURNING id, number</insert><on-error sqlstate="23505" code="already_open">这个订单已有投诉。</on-error><data><record name="made" from="made"><value name="number" type="text"/></record></data></action></server>"""
LINKS = """<links xmlns="urn:waihu:links:1"><call id="orders" on="leave" node="who" action="complaint.orders" mode="wait" fail="go-to" fail-action="no_orders"><give name="phone" value="${tail}"/><give name="since" value="date(today() - 365)"/><take name="orders" path="orders"/><take name="known" path="stats.n"/></call><call id="open_case" on="leave" node="what" action="complaint.open_case" mode="wait" fail="ask"><give name="order" value="${order}"/><give name="kind" value="${kind}"/><give name="amount" value="${amount}"/><give name="words" value="${story}"/><give name="interview" value="${interview.id}"/><take name="complaint" path="made"/></call></links>"""
_sound(
    "complaint",
    """<options id="orders" from="orders" value="id" label="words"/><options id="kinds"><option value="late">迟到</option><option value="broken">破损</option><option value="wrong">发错</option><option value="money">退款</option></options><options id="moods"><option value="1">平静</option><option value="2">不满</option><option value="3">愤怒</option></options>
<action id="who"><data><say>请说手机号后四位。</say><field name="tail" type="text" pattern="[0-9]{4}" pattern-message="四位数字" required="yes" label="后四位"/></data></action>
<action id="pick"><condition><when>${known} > 0</when></condition><data><say>您有 ${known} 个订单，是哪个？</say><field name="order" type="choice" options="orders" required="yes" special="dk" label="订单"/></data><next action="what" when="answered(${order})"/></action>
<action id="no_orders"><data><say>查不到您的订单，我记下来。</say><field name="order_words" type="text" length="2..200" required="yes" label="哪个订单"/></data><next action="noted"/></action>
<action id="what"><condition><check test="${amount} le 5000" level="soft">${amount} 元？</check></condition><data><say>怎么了？</say><field name="kind" type="choice" options="kinds" required="yes" label="类别"/><field name="amount" type="decimal" min="0.01" when="${kind} = 'money' or ${kind} = 'broken'" label="金额"/><field name="story" type="text" length="5..2000" required="yes" label="经过"/><field name="mood" type="choice" options="moods" label="情绪"/></data></action>
<action id="told"><data><say>已登记，编号 ${complaint.number}。</say><say when="${mood} = '3'">非常抱歉，主管会在今天给您回电。</say></data></action><end id="filed" outcome="1.1"/><end id="noted" outcome="1.2"/>""",
    server_xml=SERVER,
    links_xml=LINKS,
)
# 6 bilingual, heavy piping
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


def po(k: str, a: str, b: str) -> str:
    return f'\nmsgctxt "{k}"\nmsgid "{a}"\nmsgstr "{b}"\n'


TEXTS = [
    ("title", "t", "Trip"),
    ("options/cities/bj", "北京", "Beijing"),
    ("options/cities/sh", "上海", "Shanghai"),
    ("options/cities/gz", "广州", "Guangzhou"),
    ("ask/say/1", "${contact.name}，您去过哪几个？", "${contact.name}, where have you been?"),
    (
        "visit/say/1",
        "您去过${cities}，共 ${count-selected(${cities})} 个。${city}怎么样？",
        "You have been to ${cities}, ${count-selected(${cities})} in all. How was ${city}?",
    ),
    ("visit/visited/label", "哪天到的${city}？", "When did you come to ${city}?"),
    ("visit/nights/label", "住了几晚？", "How many nights?"),
    (
        "visit/check/1",
        "${city}：${format-date(${visited}, '%Y年%n月')} 住了 ${nights} 晚，太久了吗？",
        "${city}: ${nights} nights from ${format-date(${visited}, '%b %Y')}?",
    ),
    (
        "end1/say/1",
        "一共 ${total} 晚，平均 ${round(${total} div count(${nights}), 1)} 晚。$${再见}",
        "${total} nights in all, ${round(${total} div count(${nights}), 1)} on average. $${bye}",
    ),
]
_sound(
    "trip",
    """<options id="cities"><option value="bj">北京</option><option value="sh">上海</option><option value="gz">广州</option></options><action id="ask"><data><say>${contact.name}，您去过哪几个？</say><field name="cities" type="choices" options="cities" required="yes"/></data></action><repeat id="city" over="cities"><action id="visit"><condition><check test="${nights} le 60" level="soft">${city}：${format-date(${visited}, '%Y年%n月')} 住了 ${nights} 晚，太久了吗？</check></condition><data><say>您去过${cities}，共 ${count-selected(${cities})} 个。${city}怎么样？</say><field name="visited" type="date" min="1990-01-01" max="today()" required="yes" special="dk"><label>哪天到的${city}？</label></field><field name="nights" type="integer" min="0" max="365" required="yes" label="住了几晚？"/></data></action></repeat><action id="sum"><data><compute name="total" type="integer" value="sum(${nights})"/></data></action><end id="end1" outcome="1.1"><say>一共 ${total} 晚，平均 ${round(${total} div count(${nights}), 1)} 晚。$${再见}</say></end>""",
    translations__en_po=PO + "".join(po(*t) for t in TEXTS),
)
