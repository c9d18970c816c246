"""The dashboards' words in Chinese: CloudWatch keeps one language, the desk's page speaks both."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "## Operations\nWhat fails, how long it takes, what is short. Runbook: docs/runbook.md": (
        "## 运行\n哪里失败、要多久、哪里不够。处理手册：docs/runbook.md"
    ),
    "Actions by outcome": "各操作的结果",
    "Failures by node and code": "失败：节点与代码",
    "Action time p50 (ms)": "操作用时 p50（毫秒）",
    "Action time p95 (ms)": "操作用时 p95（毫秒）",
    "Action time p99 (ms)": "操作用时 p99（毫秒）",
    "Errors of functions": "函数出错",
    "Throttles": "被限流",
    "At once": "同时运行",
    "Duration p95 (ms)": "函数用时 p95（毫秒）",
    "Cold starts": "冷启动",
    "Round trips to the database p95": "数据库往返次数 p95",
    "Proxy: longest wait for a connection (µs)": "代理：等待连接，最长（微秒）",
    "Proxy: pinned sessions": "代理：被固定的会话",
    "Proxy: connections in use": "代理：使用中的连接",
    "Database: processor (%)": "数据库：处理器（%）",
    "Database: connections": "数据库：连接数",
    "Database: a commit (Aurora, ms), a write (RDS, s)": "数据库：一次提交（Aurora，毫秒）、一次写入（RDS，秒）",
    "API: latency and errors": "API：用时与错误",
    "Desk: open sessions a task, servers away": "坐席端：每任务会话数、服务器不通",
    "Desk: load balancer": "坐席端：负载均衡",
    "Publications": "发布",
    "Cells away": "不可用的单元",
    "## Business\nAll campaigns. Each has a dashboard of its own, made when it is published.": (
        "## 业务\n所有项目。每个项目发布时都有自己的看板。"
    ),
    "Completed interviews": "完成的访问",
    "Outcomes": "结果",
    "Response rate (%), all campaigns": "应答率（%），所有项目",
    "Response rate (%)": "应答率（%）",
    "Quotas filled (%)": "配额完成（%）",
    "Agents by state": "坐席状态",
    "Broken off, by question": "中断在哪一题",
    "Cases by state": "个案状态",
    "Made when the campaign was published.": "项目发布时生成。",
}


def in_language(words: str, language: str) -> str:
    """`words` of a dashboard in `language`; as they are where nobody has said them in it."""
    if language != "zh":
        return words
    head, _, rest = words.partition("\n")
    return CHINESE.get(words) or (f"{head}\n{CHINESE[rest]}" if rest in CHINESE else words)
