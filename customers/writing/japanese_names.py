"""Frequent Japanese names in Kanji → their usual readings in Hepburn, our own list. Pure."""

_SURNAMES = """
佐藤 sato 鈴木 suzuki 高橋 takahashi 田中 tanaka 伊藤 ito 渡辺 watanabe 渡邊 watanabe
渡邉 watanabe 山本 yamamoto 中村 nakamura 小林 kobayashi 加藤 kato 吉田 yoshida 山田 yamada
佐々木 sasaki 山口 yamaguchi 松本 matsumoto 井上 inoue 木村 kimura 斎藤 saito 斉藤 saito
齋藤 saito 齊藤 saito 清水 shimizu 山崎 yamazaki 森 mori 池田 ikeda 橋本 hashimoto 阿部 abe
石川 ishikawa 山下 yamashita 中島 nakajima 石井 ishii 小川 ogawa 前田 maeda 岡田 okada
長谷川 hasegawa 藤田 fujita 後藤 goto 近藤 kondo 村上 murakami 遠藤 endo 青木 aoki 坂本 sakamoto
福田 fukuda 太田 ota 西村 nishimura 藤井 fujii 藤原 fujiwara 岡本 okamoto 三浦 miura 金子 kaneko
中野 nakano 中川 nakagawa 原田 harada 松田 matsuda 竹内 takeuchi 小野 ono 田村 tamura
中山 nakayama 和田 wada 石田 ishida 森田 morita 上田 ueda 内田 uchida 柴田 shibata 酒井 sakai
宮崎 miyazaki 横山 yokoyama 高木 takagi 安藤 ando 宮本 miyamoto 大野 ono 小島 kojima 工藤 kudo
谷口 taniguchi 今井 imai 高田 takada 丸山 maruyama 増田 masuda 杉山 sugiyama 村田 murata
大塚 otsuka 新井 arai 小山 koyama 平野 hirano 藤本 fujimoto 河野 kono 上野 ueno 野口 noguchi
武田 takeda 松井 matsui 千葉 chiba 菅原 sugawara 岩崎 iwasaki 久保 kubo 木下 kinoshita 佐野 sano
野村 nomura 松尾 matsuo 菊地 kikuchi 菊池 kikuchi 杉本 sugimoto 市川 ichikawa 古川 furukawa
大西 onishi 島田 shimada 水野 mizuno 桜井 sakurai 高野 takano 渡部 watanabe 吉川 yoshikawa
山内 yamauchi 西田 nishida 飯田 iida 西川 nishikawa 小松 komatsu 北村 kitamura 安田 yasuda
五十嵐 igarashi 川口 kawaguchi 平田 hirata 関 seki 中田 nakata 久保田 kubota 服部 hattori
東 higashi 岩田 iwata 土屋 tsuchiya 川崎 kawasaki 福島 fukushima 本田 honda 辻 tsuji 樋口 higuchi
永井 nagai 秋山 akiyama 田口 taguchi 山中 yamanaka 中西 nakanishi 吉村 yoshimura 川上 kawakami
石原 ishihara 大橋 ohashi 松岡 matsuoka 馬場 baba 浜田 hamada 森本 morimoto 矢野 yano 浅野 asano
松下 matsushita 星野 hoshino 大久保 okubo 吉岡 yoshioka 小池 koike 荒木 araki 松村 matsumura
黒田 kuroda 大谷 otani 尾崎 ozaki 熊谷 kumagai 野田 noda 永田 nagata 松原 matsubara 沢田 sawada
川村 kawamura
"""
_GIVEN = """
太郎 taro 次郎 jiro 一郎 ichiro 三郎 saburo 健 ken 健一 kenichi 健太 kenta 健太郎 kentaro
誠 makoto 浩 hiroshi 博 hiroshi 隆 takashi 茂 shigeru 実 minoru 清 kiyoshi 進 susumu 勝 masaru
正 tadashi 明 akira 豊 yutaka 修 osamu 学 manabu 剛 tsuyoshi 直樹 naoki 哲也 tetsuya 和也 kazuya
達也 tatsuya 拓也 takuya 翔太 shota 大輔 daisuke 大樹 daiki 翼 tsubasa 蓮 ren 陽翔 haruto
悠真 yuma 湊 minato 樹 itsuki 大翔 hiroto 颯太 sota 海斗 kaito 花子 hanako 和子 kazuko
幸子 sachiko 洋子 yoko 恵子 keiko 京子 kyoko 節子 setsuko 美智子 michiko 久美子 kumiko
由美子 yumiko 裕子 yuko 真由美 mayumi 直美 naomi 智子 tomoko 陽子 yoko 明美 akemi 愛 ai
美咲 misaki 葵 aoi 桜 sakura 結衣 yui 陽菜 hina 凛 rin 莉子 riko 美優 miyu 優子 yuko 麻衣 mai
恵 megumi 瞳 hitomi 彩 aya 千尋 chihiro 純子 junko 典子 noriko 弘 hiroshi 浩二 koji 健二 kenji
雅人 masato 勇 isamu 裕介 yusuke
"""


def _readings(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SURNAMES = _readings(_SURNAMES)
GIVEN = _readings(_GIVEN)
