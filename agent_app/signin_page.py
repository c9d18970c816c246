"""The pages that stand outside Streamlit, as HTML: signing in and signing out. They work without any script."""

from __future__ import annotations

from html import escape

from agent_app.look import asset
from agent_app.texts import LANGUAGE_NAMES, LANGUAGES, text


def sign_in_page(language: str, form_token: str, *, error: str | None = None, username: str = "") -> str:
    """`error` is the last part of a text's key, such as `wrong`."""
    alert = ""
    if error:
        alert = f'<p class="wh-alert" role="alert" id="error">{escape(text(language, f"sign_in.{error}"))}</p>'
    described = ' aria-describedby="error" aria-invalid="true"' if error == "wrong" else ""
    code = ""
    if error in {"code", "wrong_code"}:
        code = f"""
  <label for="code">{_t(language, "sign_in.code_label")}</label>
  <input id="code" name="code" required inputmode="numeric" autocomplete="one-time-code" maxlength="12">"""
    focus_name, focus_password = ("", " autofocus") if username else (" autofocus", "")
    body = f"""
<h1>{_t(language, "sign_in.title")}</h1>
<p class="wh-lead">{_t(language, "sign_in.lead")}</p>
{alert}
<form method="post" action="signin" autocomplete="on">
  <input type="hidden" name="form_token" value="{escape(form_token)}">
  <input type="hidden" name="language" value="{language}">
  <label for="username">{_t(language, "sign_in.username")}</label>
  <input id="username" name="username" value="{escape(username)}" required autocomplete="username"
         autocapitalize="none" spellcheck="false" maxlength="128"{focus_name}{described}>
  <label for="password">{_t(language, "sign_in.password")}</label>
  <input id="password" name="password" type="password" required autocomplete="current-password"
         maxlength="256"{focus_password}{described}>{code}
  <button type="submit" class="wh-primary">{_t(language, "sign_in.submit")} <kbd>Enter</kbd></button>
</form>"""
    return _document(language, "sign_in.title", body, switch="signin")


def sign_out_page(language: str, form_token: str, *, waiting: int, open_interview: bool) -> str:
    """Says what becomes of unsent answers before anything happens."""
    notes = []
    if open_interview:
        notes.append(f'<p class="wh-lead">{_t(language, "sign_out.open")}</p>')
    if waiting:
        notes.append(f'<p class="wh-lead">{escape(text(language, "sign_out.waiting", count=waiting))}</p>')
    body = f"""
<h1>{_t(language, "sign_out.title")}</h1>
<p class="wh-lead">{_t(language, "sign_out.lead")}</p>
{"".join(notes)}
<form method="post" action="signout">
  <input type="hidden" name="form_token" value="{escape(form_token)}">
  <button type="submit" class="wh-primary" autofocus>{_t(language, "sign_out.submit")} <kbd>Enter</kbd></button>
  <a class="wh-secondary" href="./">{_t(language, "sign_out.cancel")}</a>
</form>"""
    return _document(language, "sign_out.title", body)


def _document(language: str, title: str, body: str, switch: str = "") -> str:
    links = "".join(
        f'<a href="{switch}?language={other}" lang="{other}" hreflang="{other}">{LANGUAGE_NAMES[other]}</a>'
        for other in LANGUAGES
        if switch and other != language
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{_t(language, title)} · {_t(language, "product")}</title>
<style>{asset("tokens.css")}{asset("door.css")}</style>
</head>
<body class="wh-door">
<main>
<header>
<span class="wh-mark" aria-hidden="true"></span><span>{_t(language, "product")}</span><nav>{links}</nav>
</header>
<section class="wh-card">{body}
</section>
</main>
</body>
</html>"""


def _t(language: str, key: str) -> str:
    return escape(text(language, key))
