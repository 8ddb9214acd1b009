"""Values that have broken somebody's program somewhere: for fields, queries, paths, headers and bodies."""

from __future__ import annotations

from typing import Any

LONG = "A" * 5_000
WORDS: list[str] = [
    "", " ", "\0", "a\0b", "\ud800", "a\udfffb", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "\U0010ffff",
    "'", '"', "\\", "`", "%", "%00", "%s%n", "_", "*", "(", "((((((", "[a-", "&|!", "':*", "<->", "--", ";", "/*",
    "1 OR 1=1", "'; DROP TABLE x; --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "{% now %}", "$(id)", "|id",
    "../../../../etc/passwd", "..\\..\\x", "file:///etc/passwd", "http://127.0.0.1:1/", "//evil.example", "javascript:a",
    "a\r\nSet-Cookie: b=c", "-1", "0", "-0", "00", "1", "1.0", "1.5", ".5", "5.", "1,5", "1e5", "1e400", "-1e400",
    "1e-400", "1e1000000", "NaN", "sNaN", "Infinity", "-inf", "1_000", "0x10", "0b1", "１０", "١٠", "٣.٥", "Ⅳ", "½", "²",
    "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1" * 30, "9" * 400,
    "9" * 5_000, "0." + "1" * 500, "true", "null", "None", "undefined", "[]", "{}", "[object Object]", "on", "2024-02-30",
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2024-13-01T99:99:99Z", "P1001", "P0", "P-1", "p1001",
    "P" + "9" * 19, "P" + "9" * 30, "ORD1001'", "ORD9223372036854775808", "V1001\0",
    "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-00000000000g", "{00000000000000000000000000000000}",
    "a@b", "@", "a@b@c.example", "a" * 300 + "@b.example", "a@" + "b" * 300 + ".example", "a\n@b.example", "a@[127.0.0.1]",
    "ａ@ｂ.example", "+971" + "5" * 60, "+", "050 123 4567;ext=1", "AAAA", "LTE", "OQ==", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    "eyJhbGciOiJub25lIn0.e30.", LONG, "ﷺ" * 900, "𝕏" * 900, "a" + "\u0301" * 3_000, " " * 3_000, "a b " * 900,
]  # fmt: skip
VALUES: list[Any] = [
    *WORDS, None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 0.1, 1e308, -0.0, [], {}, [[]],
    [None], [{}], {"a": {}}, [[[[[[]]]]]], ["a"] * 300, {str(n): n for n in range(300)}, [1, "a", None, {}], [{}] * 250,
    {"product": "P1001", "quantity": "1"}, [{"product": "P1001", "quantity": True}], [{"product": 1, "quantity": 1}],
    [{"product": "P1001", "quantity": 10**30}], [{"product": "\0", "quantity": 1}], {"__proto__": 1}, {"$ne": 1},
]  # fmt: skip
BODIES: list[bytes] = [
    b"", b"{", b"}", b"[]", b"null", b"1", b'"a"', b"{}", b'{"a":1e999}', b'{"a":NaN}', b'{"a":-Infinity}',
    b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' * 33 + b"1" + b"}" * 33, b'{"a":1,"a":2}', b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}", b'{"\\u0000":1}', b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":"\xff"}', b'{"a":' + b"9" * 5_000 + b"}",
    b'{"a":"' + b"x" * 300_000 + b'"}', b"a=1&a=2&" * 400, b"%00=%00", b"&".join(b"a%d=1" % n for n in range(600)),
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
]  # fmt: skip
PART = b"--b\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n"
PARTS: list[bytes] = [
    b"", b"--b", b"--b--\r\n", b"--b\r\n\r\n\r\n--b--", PART % (b'"a"', b"1"), PART % (b'"a', b"1") + b"--b--\r\n",
    PART % (b'"\0"', b"\0") + b"--b--\r\n", PART % (b'"name"; filename="a\0.png"', b"x") + b"--b--\r\n",
    PART % (b'"file"; filename="../../a.png"', b"x") + b"--b--\r\n", PART % (b"", b"") * 700 + b"--b--\r\n",
    PART % (b'"file"; filename="a"', b"x") * 20 + b"--b--\r\n", PART % (b'"a"', b"x" * 300_000) + b"--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n',
    b"--b\r\nContent-Disposition: form-data; name*=utf-8''%ff%00\r\n\r\n1\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name*=nonsense'x'%41\r\n\r\n1\r\n--b--\r\n",
    b"--b\r\n" + b"X: y\r\n" * 3_000 + b"\r\n1\r\n--b--\r\n",
]  # fmt: skip
KINDS: list[str] = [
    "", "application/json", "application/json; charset=utf-16", "application/json; charset=nonsense", "APPLICATION/JSON",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "text/plain", "text/xml",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=\xff", "multipart/form-data; boundary=" + "b" * 300, "multipart/mixed; boundary=b", ";;;", "\xff",
]  # fmt: skip
HEADERS: dict[str, list[str]] = {
    "Authorization": ["Bearer", "Bearer ", "Bearer a", "Bearer a.b.c", "Bearer \xff", "bearer " + LONG, "Basic Og==", "\0",
                      "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLyJ9.e30.AA", "Digest x"],
    "Accept-Language": ["ar", "xx", "\xff", "en;q=nan", "a-" * 300, "*", "en;q=1e999", ",,,,", "en-" + "x" * 600],
    "Accept": ["", "\xff", "*/*;q=x", "application/xml", LONG], "Accept-Encoding": ["", "\xff", "gzip;q=x", "br, *;q=0"],
    "Accept-Charset": ["utf-7", "\0"], "Host": ["evil.example", "", "testserver:99999", "a b", "[::1", "\xff", "testserver:x"],
    "X-Forwarded-Host": ["evil.example"], "X-Forwarded-For": ["", ",,,", "\xff", "1.2.3.4" * 100, "[::1]", "::1%eth0", "a\tb"],
    "X-Forwarded-Proto": ["https", "x"], "X-Request-ID": ["", "a", "a b\tc", "\xff" * 70, LONG, "good-id-1"],
    "X-HTTP-Method-Override": ["DELETE", "PUT"], "X-Method-Override": ["DELETE"], "Idempotency-Key": ["", "\0", "\xff", LONG, "a b"],
    "Referer": ["", "//evil", "http://[", "http://testserver/\0", "javascript:1", "\xff", "http://testserver:x/", "http://testserver]/"],
    "Origin": ["null", "http://[", "\xff", "http://evil.example", "http://testserver:x"], "HX-Request": ["true", "\0"],
    "HX-Current-URL": ["http://[", "\xff", "//evil", "http://testserver/\0", "javascript:1"], "HX-Boosted": ["true"],
    "HX-Target": ["\0", "<a>"], "HX-History-Restore-Request": ["true"],
    "Range": ["bytes=0-0", "bytes=-1", "bytes=" + "0-1," * 300, "x"], "If-Modified-Since": ["x", "Thu, 99 Foo 99999 99:99:99 GMT"],
    "If-None-Match": ["*", '"', 'W/"x', "\xff"], "If-Match": ["x"], "If-Unmodified-Since": ["0"],
    "Cookie": ["=", ";", "\0", "aqad-session=\0", "aqad-session=\xff", "aqad-session=" + LONG, "aqad-csrf=\0", "aqad-theme=\xff",
               "aqad-language=\0", "aqad-language=../../x", "messages=x", "messages=" + "W10:" * 99, "a" * 4_000, "$Version=1; a=b"],
    "X-CSRFToken": ["\0", "x" * 64], "User-Agent": ["", "\xff", "() { :;}; x", LONG], "Stripe-Signature": ["t=1,v1=x", "t=x", "\xff", "t=" + "9" * 400 + ",v1=a"],
    "Sandbox-Signature": ["t=1,v1=x", "t=\xff,v1=\xff", "t=" + "9" * 400 + ",v1=00", "t=1e9,v1=", "v1", ",,,", "t=²,v1=00"],
    "Content-Encoding": ["gzip", "x"], "Content-Disposition": ["x"], "Expect": ["100-continue"], "Upgrade": ["websocket"],
}  # fmt: skip
PATHS: list[str] = [
    "%00", "%ff", "%ed%a0%80", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cx", "P0", "P9999999999999999999", "ORD1%00",
    "P" + "9" * 30, "0", "-1", "99999999999999999999999999", "%d9%a1%d9%a0", "a" * 3_000, "%0d%0aSet-Cookie:a=b", "%3Cscript%3E",
    "00000000-0000-0000-0000-000000000000", "%25%32%66", "%E2%80%AE", ";", "*", "~", "'", "%22", "%7B%7B7*7%7D%7D", ".",
]  # fmt: skip
QUERY = (
    "page", "page_size", "cursor", "next", "previous", "sort", "order", "search", "q", "query", "category", "brand", "vendor",
    "min_price", "max_price", "in_stock", "facets", "status", "kind", "period", "since", "until", "from", "to", "day", "link",
    "inline", "t", "seen", "mark", "done", "action", "o", "p", "e", "all", "_popup", "_to_field", "_changelist_filters",
    "id__exact", "status__exact", "saved", "show", "step", "product", "format", "tab", "days", "is_active__exact", "pk__in",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "X")
