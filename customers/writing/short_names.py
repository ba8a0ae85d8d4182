"""Names that no rule of sound could bring together, each family in one spelling. Pure.

Chinese surnames in Pinyin and Wade-Giles (as typed, without its apostrophes: chang is zhang, too);
Korean ones in Revised Romanization, McCune-Reischauer and as their bearers spell them; Hebrew names
and what other languages made of them; the Arabic article.
"""

_FAMILIES = """
kim gim | li lee yi rhee | park pak bak | choi choe choy | kang gang | lim im rim | cho jo
jung jeong chung cheong zhong | yun yoon youn | jang chang zhang | seo suh | shin sin | kwon gwon
an ahn | yu yoo ryu | jeon chun chon jun | ko go koh guo kuo ge ke | mun moon | son sohn
baek paik paek
heo hur huh | noh roh no | kwak gwak | sung seong | zhu chu ju qu | xu hsu | xi hsi | cai tsai
zhou chou chow | zhao chao | gu ku koo | gong kung kong | gao kao | guan kuan | dong tung tong
du tu | dou tou | deng teng | ding ting | dai tai | dang tang | duan tuan | bai pai | bao pao
ban pan | bei pei | bing ping | bo po | bu pu
bi pi | bian pien pian | dao tao | diao tiao | gan kan | geng keng | gou kou | gui kuei kui | he ho
hong hung | long lung | nong nung | rao jao | xian hsien | xiu hsiu | ye yeh | yue yueh | yong yung
zang tsang | cui tsui | cao tsao | zeng tseng ceng | zou tsou | zuo tso | zong tsung cong
chen zhen | cheng zheng | qiu chiu jiu | qian chien jian | qin chin jin | ji qi chi | jia chia
jiang chiang qiang | jiao chiao qiao | jing ching qing | xie hsieh hsie | xiao hsiao | xia hsia
xiong hsiung | xue hsueh hsue | xuan hsuan | xing hsing | xin hsin | luo lo | ren jen | rui jui
yan yen | tian tien | lian lien | nian nien | zhi chih | shi shih | si ssu szu | zi tzu | al el ul
haim chaim hayim | reuven ruben reuben | rivka rebecca rebekah rebeka
yahodit yehudit judith jehudit | yahontan yehonatan jehonatan | yonatan jonathan jonatan
shushan shoshan | karan keren qeren | tomar tomer
"""
CUSTOMARY = {
    word: family.split()[0]
    for family in _FAMILIES.replace("\n", "|").split("|")
    for word in family.split()
}
