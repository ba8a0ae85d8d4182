"""Spellings of one sound meet, other names do not; misspelled words share a number."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customers.text_forms import plain
from customers.writing.spelling import deletions, distance_of, sound, word_id

# Each line one name: as English, German, French, Polish, Czech, ... write it, or as it was heard.
FAMILIES = """
Kusnezow Kuznetsov Kuznecov Kusnetsov Kuznetzov Kuznetsoff Кузнецов
Tschaika Chaika Czajka Tchaïka Chayka Чайка
Tchaikovsky Tschaikowski Czajkowski Chaykovskiy Tchaïkovski Чайковский
Kubitschek Kubicek Kubíček Kubiczek Kubichek
Shevchenko Schewtschenko Szewczenko Ševčenko Chevtchenko Шевченко
Shcherbakov Schtscherbakow Ščerbakov Szczerbakow Chtcherbakov Щербаков
Khrushchev Chruschtschow Hruščov Хрущёв
Gorbachev Gorbatschow Gorbatchev Gorbačov Gorbachov Горбачёв
Zhukov Žukov Schukow Żukow Жуков
Yeltsin Jelzin Eltsin Jelcin Ельцин
Rachmaninow Rakhmaninov Rachmaninoff Рахманинов
Dostoevsky Dostojewski Dostoyevskiy Dostoïevski Достоевский
Vasiliev Vasilyev Vasilev Wassiljew Васильев
Kovalev Kovalyov Kowaljow Ковалёв
Solovyov Solovev Soloviev Solowjow Соловьёв
Savitsky Sawicki Savicky Sawitzki Savitskii Савицкий
Schmidt Schmitt Shmit Szmit
Schwarz Schwartz Shvarts
Schulz Schultz Szulc
Meyer Meier Maier Mayer Majer Mayr
Müller Mueller Muller
Böhm Boehm Bohm Böm
Jäger Jaeger Jager
Weiss Weiß Weisz Wajs
Philip Filip Phillip Philipp Филипп
Thomas Tomas Tomás
Dirck Dirk Dirc
Alexander Aleksandr Aleksander Alexandr Александр
Xenia Ksenia Kseniya Ксения
Yulia Julia Iuliia Yuliya Julija Юлия Юлія
Yury Juri Yuri Jurij Iurii Yurii Юрий Юрій
Maria Marya Marija Mariya Мария
Dmitry Dmitri Dmitrij Dmitriy Дмитрий
Sergey Sergei Sergej Сергей Serhiy Сергій
Oleg Oleh Олег
Igor Ihor Ігор
Bohdan Bogdan Богдан
Grigory Hryhorii Grigorij Григорій
Vladimir Wladimir Владимир
Pyotr Petr Piotr Peter Пётр
Evgeny Yevgeny Jewgeni Eugeni Евгений
Stojanović Stoyanovich Stojanowitsch Стојановић
Przybylski Pschybylski Pshybylsky Pšibylski
Krzysztof Kschyschtof Kshyshtof
Kovacs Kovač Kovach Kovats
Christos Hristos Khristos Χρήστος
Johnson Jonson Dzhonson Jonsson Τζόνσον
Yiannis Giannis Ioannis Γιάννης Ιωάννης
Papadopoulos Papadopulos Παπαδόπουλος
Pavlos Paulos Παύλος
Eftychia Evtychia Eutychia Ευτυχία
Mohammed Muhammad Mohamed Mohammad Mouhamed Muhammed Mohmed M'hamed محمد
Ahmed Ahmad Achmed Akhmed Ahmet أحمد
Hussein Husain Hossein Husayn Houssein حسين
Yusuf Yousef Youssef Yousuf Jusuf Josef Joseph يوسف
Saeed Said Saïd سعيد
Mahmood Mahmud Mahmoud محمود
Abdulrahman Abdelrahman عبدالرحمن
Osman Othman Uthman Usman عثمان
Sarah Sara
López Lopes
John Jon
Carl Karl
Eric Erik Erich
Friedrich Fridrikh Fridrich
Ewa Eva
Zhang Chang 张
Xu Hsu 徐
Kim Gim 김
Lee Li Yi 이
Namba Nanba なんば
Dąbrowski Dabrowski Dombrowski Dombrovski
Jastrzębska Jastrzebska Jastschembska
Rączkowski Ronchkovski Rontschkowski
Stępniewska Stempniewska Stepnievska
Korzeniak Koscheniak Kozheniak
Rzepecki Schepecki Zhepecki
Szafarz Schafasch Shafazh
Czech Chekh Tschech
Lech Lekh
Andrzej Andschej Andzhej
Jurczyk Jurtschyk Yurchyk
Chmielewski Khmielewski Chmielevski
Malachowski Malakhovski Malachovski
Tichonow Tikhonov Tichonov Тихонов
Tichomirow Tikhomirov Тихомиров
Charitonow Kharitonov Харитонов
Miftachutdinow Miftakhutdinov Мифтахутдинов
Netjosow Netyosov Netesov Нетёсов
Edouard Edward
Tawfiq Tawfik Toufik Taoufik Tewfik Tevfik توفيق
Anhelenko Angelenko
Hordijenko Gordienko Гордієнко
Mstyboh Mstybog
Andrukhiv Andruchiw Andruchiv Андрухів
Vivdia Wiwdja Вівдя
Nadia Nadja Надія
Škoda Skoda Schkoda Shkoda
Lončar Loncar Lontschar Lonchar
Čelakovský Celakovsky Tschelakovsky Chelakovsky
Cecílie Cecilie Zezilie Sesilie
Moravec Moravez Moravetz Moravets
Trišťák Tristak Trschistak
Vavřík Vavrik Vavrzhik
Papadakis Papadakes Παπαδάκης
Alexiadis Alexiades Αλεξιάδης
Pantelis Padelis Παντελής
Charalampos Charalabos Χαράλαμπος
Antoniadis Adoniadis Antoniades Αντωνιάδης
Argyris Argyres Αργύρης
Vasilis Basilis Βασίλης
Gavriil Gabriel Gavriel Γαβριήλ
Valverde Balverde
Avraham Abraham אברהם
Tianxin Tienhsin
Guoyan Kuoyen
Xuexuan Hsuehhsuan
Zhanghong Changhung
Ruoling Joling
Yuxuan Yuhsuan
Qiaoling Chiaoling
Zeng Tseng 曾
Jeon Jun Chun 전
Bei Pei 贝
He Ho 何
Hong Hung 洪
Long Lung 龙
Ye Yeh 叶
Guo Kuo 郭
Xie Hsieh 谢
Qian Chien 钱
Chiba Tiba チバ
Kikuchi Kikuti キクチ
Fujii Huzii フジイ
Fukuda Hukuda フクダ
Tsuyoshi Tuyosi ツヨシ
Tsuchiya Tutiya ツチヤ
Matsui Matui マツイ
Sato Satou サトウ
Endo Endou エンドウ
Shota Shouta Syouta ショウタ
Junko Zyunko ジュンコ
Onishi Oonishi Oonisi オオニシ
Haim Chaim חיים
Reuven Ruben ראובן
Rivka Rebecca רבקה
Yehudit Judith יהודית
"""

DIFFERENT = """
Mayer Maria | Lee Lim | Jan Jun | Kim Kin | Anna Hanna | Maria Mario | Maria Marie | Martin Martina
Peter Petra | Carl Carla | Daniel Denis | Zara Sara | Chen Shen | Wang Huang | Zhang Shang
Hansen Hanson | Scholz Schulz | Bach Back | Fuchs Fox | Weber Waber | Muhammad Mahmud | Ahmad Hamad
Hasan Husayn | Omar Amir | Ivan Ion | Oleg Olga | Igor Igora | Ali Ela | Nina Nino | Paul Paula
Christian Christina | Julia Julian | Alexander Alexandra | Ivanov Ivanova | Popov Popova | Kohl Koch
Sato Saito | Ito Ita | Yuko Yuka | Kobayashi Kawabata | Petrov Petrović | Li Lu | Ma Mao | Jin Jun
Garcia Gracia | Silva Selva | Rossi Russo | Bruno Braun | Lars Laura | Tom Tim | Chen Shen | Cat Sat
Julian Kulian | Louis Lewis | Tina Dina | Tito Chito | Malik Malig | Antonio Adonio | Leon Lea
Bohemia Bogemia | Tatiana Tachiana | Santini Sadini | Roland Rolad | Mendel Medel
Polanski Polonski | Schwarz Schwasch | Huber Fuber | Zidan Sitan | Damian Tamian
Sebastian Sepastian | Heinrich Heinrik
"""


@pytest.mark.parametrize("family", FAMILIES.strip().splitlines())
def test_spellings_of_one_name_sound_alike(family):
    assert len({sound(plain(name)) for name in family.split()}) == 1


@pytest.mark.parametrize("pair", DIFFERENT.replace("\n", "|").strip("|").split("|"))
def test_other_names_sound_different(pair):
    one, other = pair.split()

    assert sound(plain(one)) != sound(plain(other))


@pytest.mark.parametrize("word", ["", "x", "mo", "007", "ab12"])
def test_short_words_and_numbers_sound_as_they_are(word):
    assert sound(word) == word


def test_article_sounds_alike_in_every_country():
    assert sound("al") == sound("el") == sound("ul")


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30))
def test_sound_is_a_word_in_small_letters(word):
    assert sound(word).isalpha() or sound(word) == ""
    assert sound(word) == sound(word).lower()


def test_number_of_a_word_is_that_of_every_location():
    assert word_id("schmidt") == -1082290105
    assert word_id("abc") == 891568578


@given(st.text())
def test_numbers_fit_int4(word):
    assert all(-(2**31) <= number < 2**31 for number in (word_id(word), *deletions(word)))


@pytest.mark.parametrize(
    ("word", "count"), [("", 0), ("a", 1), ("ab", 1), ("abc", 4), ("abcde", 6), ("abcdefgh", 29)]
)
def test_longer_words_have_more_deletions(word, count):
    assert len(deletions(word)) == count


def misspelled(word, data):
    """One letter left out, replaced, put in, or swapped with the next one."""
    place = data.draw(st.integers(0, len(word) - 1))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    swapped = before + after[:1] + letter + after[1:]
    return data.draw(st.sampled_from([before + after, f"{before}x{after}", f"{word}x", swapped]))


@given(st.text("abcde", min_size=3, max_size=12), st.data())
def test_words_within_the_distance_of_both_share_a_number(word, data):
    wrong = misspelled(word, data)
    if distance_of(word) == 2:
        wrong = misspelled(wrong, data)
    assume(distance_of(wrong) >= distance_of(word))

    assert set(deletions(word)) & set(deletions(wrong))


def test_word_further_away_shares_none():
    assert not set(deletions("schmidt")) & set(deletions("kowalski"))
