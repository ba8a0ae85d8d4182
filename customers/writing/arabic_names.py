"""Names whose vowels Arabic script leaves out, as they are usually read. Pure.

Our own list of frequent names; the Latin side is one usual spelling, the others meet it by their
sound (customers/writing/spelling.py). Arabic side: bare alif for every hamza, ه for ة, ي for ى.
"""

_LIST = """
الين alin الاء alaa الفت olfat
محمد muhammad احمد ahmad محمود mahmud حامد hamid حميد hamid مصطفي mustafa علي ali عمر omar
عثمان uthman حسن hasan حسين husayn حسان hassan يوسف yusuf ابراهيم ibrahim اسماعيل ismail
اسحاق ishaq يعقوب yaqub موسي musa عيسي isa مريم maryam خالد khalid وليد walid سعيد said سعد saad
سليمان sulayman سلمان salman داود dawud داوود dawud زكريا zakariya يحيي yahya ايوب ayyub
يونس yunus ادم adam نوح nuh هارون harun عبد abd عبدالله abdullah الله allah عبده abduh ابو abu
ابي abi بن bin ابن ibn بنت bint ام umm ال al كريم karim رحيم rahim رحمن rahman رحمان rahman
عزيز aziz قادر qadir مجيد majid ماجد majid رشيد rashid راشد rashid ناصر nasir نصر nasr نور nur
نورا nura الدين al_din صلاح salah جمال jamal جميل jamil كمال kamal كامل kamil سمير samir سامي sami
سمر samar سامر samir امير amir عامر amir عمار ammar عماد imad عادل adil فهد fahd فيصل faysal
فؤاد fuad فواد fuad فوزي fawzi فتحي fathi فاروق faruq فارس faris فراس firas فريد farid حمزه hamza
حمد hamad حمدان hamdan حكيم hakim حاتم hatim حازم hazim حيدر haydar بلال bilal باسم basim
بشار bashar بشير bashir بدر badr بكر bakr طارق tariq طه taha طلال talal طاهر tahir ياسر yasir
ياسين yasin زيد zayd زياد ziyad زين zayn زينب zaynab رضا rida رامي rami رائد raid راءد raid
رياض riyad مالك malik معاذ muadh منصور mansur منير munir مروان marwan مسعود masud مهدي mahdi
مراد murad مجدي majdi نبيل nabil نادر nadir نزار nizar نعيم naim هشام hisham هاشم hashim هاني hani
هيثم haytham وائل wail واءل wail وسيم wasim قاسم qasim قيس qays لؤي luay ليث layth لقمان luqman
شريف sharif شادي shadi صالح salih صبري sabri صدام saddam غسان ghassan غازي ghazi جابر jabir
جعفر jafar جهاد jihad انس anas انور anwar اسامه usama اسعد asad اكرم akram امجد amjad امين amin
ايمن ayman ايهاب ihab اياد iyad اشرف ashraf تامر tamir توفيق tawfiq ثامر thamir شهاب shihab
ضياء diya عصام isam علاء ala عمران imran فاطمه fatima عائشه aisha عاءشه aisha خديجه khadija
امنه amina امينه amina اسماء asma ايمان iman امل amal اميره amira بشري bushra حنان hanan
حليمه halima حياه hayat دعاء dua دينا dina رانيا rania رنا rana ريم rim زهراء zahra زهره zahra
ساره sara سعاد suad سلمي salma سميه sumayya سميره samira سوسن sawsan شيماء shayma صفيه safiya
عبير abir فرح farah فريده farida كريمه karima لطيفه latifa ليلي layla لينا lina مني muna مها maha
ميساء maysa ناديه nadia نجلاء najla نسرين nisrin نهي nuha نوال nawal هاجر hajar هبه hiba هدي huda
هند hind وفاء wafa ياسمين yasmin سلطان sultan سلوي salwa حبيب habib حبيبه habiba مسلم muslim
مؤمن mumin مومن mumin قذافي qadhafi بغدادي baghdadi مصري misri شامي shami حداد haddad نجار najjar
خطيب khatib حاج hajj شيخ shaykh سيد sayyid قرشي qurashi هاشمي hashimi انصاري ansari الياس ilyas
الهام ilham البرت albert جورج george بطرس butrus بولس bulus ميخائيل mikhail جبريل jibril
رضایي rezai رضايي rezai محمدي mohammadi احمدي ahmadi حسيني hosseini موسوي mousavi كريمي karimi
رحيمي rahimi صادقي sadeghi هاشم hashim جعفري jafari عباس abbas عباسي abbasi نجفي najafi
قاسمي ghasemi تهراني tehrani كاظم kazim كاظمي kazemi مرادي moradi زهرا zahra سينا sina
پريسا parisa شيرين shirin داريوش dariush كوروش kourosh بهرام bahram فرهاد farhad مهران mehran
نيما nima آرش arash ارش arash خان khan اقبال iqbal جاويد javed نواز nawaz شريفي sharifi
حيدري heydari اكبر akbar اكبري akbari
"""


def _names(text: str) -> dict[str, str]:
    words = text.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return {arabic: latin.replace("_", " ") for arabic, latin in pairs}


NAMES = _names(_LIST)
