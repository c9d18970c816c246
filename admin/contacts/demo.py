"""Contacts that nobody can be called by mistake with: invented people, the same ones for the same seed.

Numbers are +1 NXX 555-0100 to 555-0199, which the North American Numbering Plan keeps for fiction; they are valid by
every rule, so that they pass the same gate as real ones.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SEED = 20261123
MOST = 4000

_AREAS = (
    "202", "203", "205", "206", "207", "208", "209", "210", "212", "213",
    "214", "215", "216", "217", "218", "219", "224", "225", "228", "229",
    "231", "234", "239", "240", "248", "251", "252", "253", "254", "256",
    "260", "262", "267", "269", "270", "272", "276", "281", "301", "302",
    "303", "304", "305", "307", "308", "309", "310", "312", "313", "314",
)  # fmt: skip
_SURNAMES = (
    "王李张刘陈杨黄赵吴周" * 4
    + "徐孙马朱胡郭何林高罗" * 2
    + "郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "慕容", "令狐")
_FIRST = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂建国志文玉春海红永世晓雪思佳子梓雨浩宇欣怡嘉俊博一诗若天"
_SECOND = "华英兰玲珍民生东亮辉峰鹏飞龙斌波宁琳婷颖慧莹洁璐瑶萱涵轩睿泽然辰阳琪悦妍彤航凯瑞霖"
_PRODUCTS = ("空调", "洗衣机", "冰箱", "热水器", "油烟机", "电视机", "净水器", "洗碗机")
_SERVICES = ("安装", "维修", "清洗保养", "移机", "更换配件")
_TREATMENTS = ("口腔检查", "洁牙", "补牙复诊", "牙齿矫正复查", "儿童涂氟", "种植牙复查", "拔智齿")
_DOCTORS = ("林医生", "周医生", "高医生", "沈医生")
_ZONES = ("Asia/Shanghai",) * 18 + ("Asia/Urumqi", "Asia/Hong_Kong")

HEADER = ("姓名", "电话", "电话2", "语言", "时区", "事项", "预约时间")


@dataclass(frozen=True, slots=True)
class DemoContact:
    name: str
    phones: tuple[str, ...]
    language: str
    timezone: str
    attributes: Mapping[str, str]


def demo_contacts(count: int = 1000, seed: int = SEED, kind: str = "service") -> Iterator[DemoContact]:
    """`count` invented contacts; `kind` is what about: `service` (a visit) or `clinic` (an appointment).

    Raises:
        ValueError: more than the fictitious numbers can serve (`MOST`).
    """
    if not 0 <= count <= MOST:
        raise ValueError(f"between 0 and {MOST} contacts, not {count}")
    draw = random.Random(f"{seed}/{kind}")  # noqa: S311 - the same people each time is the point
    numbers = [f"+1{area}5550{1}{line:02}" for area in _AREAS for line in range(100)]
    draw.shuffle(numbers)
    for _ in range(count):
        phones = (numbers.pop(), numbers.pop()) if draw.random() < 0.125 and len(numbers) > count else (numbers.pop(),)
        yield DemoContact(
            name=_name(draw),
            phones=phones,
            language="en" if draw.random() < 0.03 else "zh",
            timezone=draw.choice(_ZONES),
            attributes=_clinic(draw) if kind == "clinic" else _service(draw),
        )


def demo_table(count: int = 1000, seed: int = SEED, kind: str = "service") -> bytes:
    """The same contacts as a CSV file in UTF-8 with BOM, as `waihu contacts import` reads it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for one in demo_contacts(count, seed, kind):
        phones = (*one.phones, "")[:2]
        about = (one.attributes["subject"], one.attributes.get("subject_at", "").replace("T", " "))
        writer.writerow((one.name, *phones, one.language, one.timezone, *about))
    return text.getvalue().encode("utf-8-sig")


def _name(draw: random.Random) -> str:
    surname = draw.choice(_DOUBLE_SURNAMES) if draw.random() < 0.01 else draw.choice(_SURNAMES)
    given = draw.choice(_FIRST) + (draw.choice(_SECOND) if draw.random() < 0.8 else "")
    return surname + given


def _service(draw: random.Random) -> dict[str, str]:
    return {"subject": f"{draw.randint(3, 12)} 天前的{draw.choice(_PRODUCTS)}{draw.choice(_SERVICES)}"}


def _clinic(draw: random.Random) -> dict[str, str]:
    day, hour, minute = draw.randint(1, 28), draw.choice((9, 10, 11, 14, 15, 16, 17)), draw.choice((0, 15, 30, 45))
    return {
        "subject": f"{draw.choice(_TREATMENTS)}（{draw.choice(_DOCTORS)}）",
        "subject_at": f"2026-12-{day:02}T{hour:02}:{minute:02}",
    }
