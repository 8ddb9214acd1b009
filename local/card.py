"""`python -m local.card`: draw `static/img/card.png`, what a link to the market is shown with elsewhere."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from local.assets import TARGET
from local.place import ROOT
from local.programs import CHROMIUM
from local.trouble import Trouble

CARD = ROOT / "static" / "img" / "card.png"
WIDTH, HEIGHT = 1200, 630
PAGE = """<!doctype html><meta charset="utf-8"><style>
@font-face {{ font-family: Latin; src: url({fonts}/inter-latin-wght-normal.woff2); font-weight: 100 900 }}
@font-face {{ font-family: Arabic; src: url({fonts}/noto-sans-arabic-arabic-wght-normal.woff2); font-weight: 100 900 }}
body {{ margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 88px 96px; color: #fff; display: flex;
  flex-direction: column; justify-content: space-between; font-family: Latin, Arabic;
  background: #084636 }}
.brand {{ display: flex; align-items: center; gap: 28px; font-size: 64px; font-weight: 780; letter-spacing: .06em }}
.brand svg {{ width: 104px; height: 104px }}
.words p {{ margin: 0; font-size: 66px; line-height: 1.2; font-weight: 680; letter-spacing: -.02em }}
.words p + p {{ margin-top: 22px; font-size: 50px; letter-spacing: 0; line-height: 1.5; color: #f2b13c }}
</style><div class="brand">{logo}AQAD</div>
<div class="words"><p>Wholesale food for the Gulf</p><p lang="ar" dir="rtl">سوق الأغذية بالجملة في الخليج</p></div>"""


def draw(target: Path = CARD) -> None:
    """Logo and both names of the market, in our fonts; raises `Trouble` without a browser."""
    chromium = CHROMIUM.find()
    if chromium is None:
        raise Trouble(CHROMIUM.missing)
    logo = (ROOT / "static" / "img" / "logo.svg").read_text()
    page = PAGE.format(fonts=(TARGET / "fonts").as_uri(), logo=logo)
    source = TARGET / "card.html"
    source.write_text(page)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        tab.goto(source.as_uri())
        tab.evaluate("document.fonts.ready")
        tab.screenshot(path=target)
        browser.close()
    source.unlink()


if __name__ == "__main__":
    draw()
