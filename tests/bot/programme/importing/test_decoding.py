"""Text out of bytes: marks, UTF-16 without one, and guesses that are shown."""

import pytest

from bot.chat.language import as_text
from bot.programme.importing.decoding import UnreadableFile, decode

TABLE = "company;title\nCafé Zürich;Ménage à trois – “été”\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_needs_no_guess(encoding: str) -> None:
    """With a byte order mark or without one."""
    decoded = decode("a.csv", TABLE.encode(encoding))
    assert (decoded.text, decoded.guess) == (TABLE, "")


@pytest.mark.parametrize(
    ("encoding", "text", "called"),
    [
        ("cp1252", TABLE, "windows-1252"),
        ("cp1252", "company,title\nMüller GmbH,Straßenkarte\nJürgen & Co,Größe 20 €\n", "windows-1252"),
        ("mac_roman", "company,title\nCafé Zürich,Ménage\n", "macintosh"),
        ("cp1250", "company,title\nŁódź Spółka,Zażółć gęślą jaźń\n", "windows-1250"),
        ("cp1251", "company,title\nКомпания,Карта рынка велосипедов\n", "windows-1251"),
        ("cp932", "company,title\n株式会社,市場調査のプロジェクト\n", "shift_jis"),
        ("gb18030", "company,title\n有限公司,市场调查项目的报告\n", "gb18030"),
    ],
)
def test_other_encodings_are_guessed_and_shown(encoding: str, text: str, called: str) -> None:
    """The guess is named with a piece of how it reads, and with the option that corrects it."""
    decoded = decode("a.csv", text.encode(encoding))
    assert decoded.text == text
    assert f"I guess that it is {called}: it reads “" in as_text(decoded.guess)
    shown = as_text(decoded.guess).partition("it reads “")[2].partition("”. If")[0]
    assert shown in text
    assert not shown.isascii()
    assert "--encoding" in as_text(decoded.guess)


def test_what_is_said_is_not_guessed() -> None:
    """`--encoding` is taken at its word, with or without a mark; a wrong one is refused."""
    assert decode("a.csv", "İğne".encode("cp1254"), "windows-1254").text == "İğne"
    assert decode("a.csv", TABLE.encode("utf-8-sig"), "UTF-8").text == TABLE
    with pytest.raises(UnreadableFile, match="There is no encoding klingon"):
        decode("a.csv", b"x", "klingon")
    with pytest.raises(UnreadableFile, match=r"a\.csv is not written in utf-8"):
        decode("a.csv", b"\xff\xfe\xff", "utf-8")
    with pytest.raises(UnreadableFile, match="There is no encoding base64"):
        decode("a.csv", b"eA==", "base64")


def test_bytes_that_are_no_text_are_refused() -> None:
    """Zeros among letters are no table."""
    with pytest.raises(UnreadableFile, match="is no text that I can read"):
        decode("a.csv", b"\x00\x01\xff\x00company\xfe")


ONE_ROW = [
    ("cp1252", "ÅÄÖ AB,Karta"),
    ("cp1252", "Þór ehf,Gerð korts"),
    ("cp1252", "Œuvre,cœur"),
    ("cp1252", "Õunapuu,Töö"),
    ("cp1252", "Acme,CO² and 3 m³"),
    ("cp1252", "Ærø,Åå"),
    ("cp1252", "TÜV SÜD,PRÜFUNG ÄÖÜ"),
    ("cp1252", "Peña,¿Qué año?"),
    ("cp1252", "Acme,Map for 20 €"),
    ("cp1252", "Acme,naïve coöperation: a façade"),
    ("cp1250", "Łódź Sp.,Mapa"),
    ("cp1250", "Kovač d.o.o.,Nacrtaj kartu tržišta"),
    ("cp1250", "Dvořák,Mapa města"),
    ("cp1250", "Ştefan,Hartă"),
    ("cp1251", "Компания,Карта"),
    ("cp1251", "ООО Ромашка,Map"),
    ("cp1253", "Εταιρεία,Χάρτης"),
    ("cp1254", "I\N{LATIN SMALL LETTER DOTLESS I}ş\N{LATIN SMALL LETTER DOTLESS I}k A.Ş.,Çizim"),
    ("cp1254", "Güneş,Çizim"),
    ("cp1255", "חברה,מפה"),
    ("cp1256", "شركة,خريطة"),
    ("cp932", "トヨタ,地図"),
    ("euc_kr", "회사,지도"),
    ("mac_roman", "Müller GmbH,Größe"),
]


@pytest.mark.parametrize(("encoding", "row"), ONE_ROW)
def test_one_row_is_enough_for_an_alphabet(encoding: str, row: str) -> None:
    """Where statistics have too little to go by, the letters of one language tell; the guess is shown."""
    text = f"company,title,description,hours,deadline\n{row},Draw,20,+21d\n"
    decoded = decode("a.csv", text.encode(encoding))
    assert decoded.text == text
    assert "I guess that it is" in as_text(decoded.guess)


def test_utf8_with_a_few_letters_of_another_file_stays_utf8() -> None:
    """Letters that were pasted in are read as windows-1252, and the rest is not turned into other signs."""
    decoded = decode("a.csv", "company;title\nCafé Zürich;Größe ".encode() + "Straße".encode("cp1252"))
    assert decoded.text.endswith("Café Zürich;Größe Straße")
    assert "UTF-8 except for a few letters" in as_text(decoded.guess)
    assert "--encoding" in as_text(decoded.guess)
