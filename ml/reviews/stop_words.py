"""Words that say nothing of a topic, by language, without accents."""

from __future__ import annotations

from functools import cache

_PORTUGUESE = """
a ao aos aquela aquelas aquele aqueles aquilo as ate apos antes assim ainda agora alem algo algum
alguma algumas alguns ante cada com como contra da das de dela delas dele deles depois desde dessa
desse desta deste disso disto do dos e ela elas ele eles em entao entre era essa essas esse esses
esta estao estas estava este estes estou eu foi foram fui ha houve isso isto ja la lhe lhes mais mas
me mesma mesmo meu meus minha minhas muita muitas muito muitos na nada nao nas nem nenhum nenhuma
no nos nossa nossas nosso nossos num numa nunca o os ou outra outras outro outros para pela pelas
pelo pelos pois por porem porque pra pro qual quando quanto que quem se seja sem sempre ser sera seu
seus so sob sobre somente sua suas tal tambem tao te tem tenho ter teve tinha tive toda todas todo
todos tudo um uma umas uns vai veio vem vez voce voces vou fica ficou ficar bem bom boa pois etc
"""
_ENGLISH = """
just really like got get gets getting did didn does doesn don isn wasn wouldn couldn im ive id make
made going went think know say said one two lot thing things definitely maybe actually quite bit
"""


@cache
def stop_words(language: str) -> tuple[str, ...]:
    """Stop words of English and Portuguese; none of other languages, whose frequent words are left
    out by their frequency alone."""
    if language == "en":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415

        return tuple(sorted({*ENGLISH_STOP_WORDS, *_ENGLISH.split()}))
    return tuple(sorted(_PORTUGUESE.split())) if language == "pt" else ()
