"""Words that makers, vendors and sorts of the generated catalogue are named by, in both languages."""


def _pairs(text: str) -> list[tuple[str, str]]:
    """`English = العربية`, one a line."""
    return [
        (one.strip(), two.strip())
        for one, _, two in (line.partition("=") for line in text.strip().splitlines())
    ]


FIRST_WORDS = _pairs("""
Reem = الريم
Shaheen = شاهين
Ghaf = الغاف
Sidra = السدرة
Noor = النور
Marjan = المرجان
Lulwa = اللولوة
Saqr = الصقر
Yasmin = الياسمين
Rayhan = الريحان
Zafaran = الزعفران
Najma = النجمة
Hilal = الهلال
Badiya = البادية
Jabal = الجبل
Nakhla = النخلة
Sahra = الصحراء
Khaleej = الخليج
Safa = الصفا
Marwa = المروة
Rimal = الرمال
Barakah = البركة
Dana = الدانة
Wurood = الورود
Zuhoor = الزهور
Fajr = الفجر
Shurooq = الشروق
Amwaj = الأمواج
Sadaf = الصدف
Tayyib = الطيب
Mizan = الميزان
Qamar = القمر
Rabee = الربيع
Waha = الواحة
Hisn = الحصن
Bahja = البهجة
Karam = الكرم
Diyafa = الضيافة
Majlis = المجلس
Asala = الأصالة
""")
SECOND_WORDS = _pairs("""
Farms = مزارع
Foods = أغذية
Mills = مطاحن
Gardens = حدائق
Valley = وادي
Spring = نبع
House = بيت
Kitchen = مطبخ
Harvest = حصاد
Delight = لذة
Fresh = طازج
Gold = ذهب
Star = نجمة
Coast = ساحل
Oasis = واحة
Hills = تلال
Market = سوق
Pantry = مؤونة
Choice = خيار
Select = مختارات
Table = مائدة
Taste = مذاق
Basket = سلة
Bakery = مخبز
Dairy = ألبان
Orchard = بستان
Roastery = محمصة
Pearl = لؤلؤة
Island = جزيرة
Crown = تاج
""")
GRADES = _pairs("""
 =
Premium = فاخر
Classic = كلاسيك
Extra = إكسترا
Family = عائلي
Royal = ملكي
Light = لايت
Natural = طبيعي
Original = أصلي
Special = خاص
Traditional = تقليدي
Value = اقتصادي
Gourmet = ذواقة
Super = سوبر
First press = عصرة أولى
Hand picked = منتقى
Long life = طويل الأجل
No added sugar = بدون سكر مضاف
Double pack = عبوة مزدوجة
Mini = ميني
""")
TRADES = (
    "Foodstuff Trading",
    "Distribution",
    "General Trading",
    "Provisions",
    "Wholesale",
    "Import and Export",
    "Supplies",
)
