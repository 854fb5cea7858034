"""Words of everyday text that a stream may let go before it knows what follows them: see `early`.

English ones are those that the tagger's word lists call common and no name; of other languages the words that hold
sentences together. But for short ones none is the beginning of a given name that is common in several languages, and
none is a month, or what mailboxes are called.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LONGEST: Final = 14
"""Letters of a word, at most."""
_TINY: Final = 3
"""Letters of a word, up to which it has to be one of `_ALWAYS`."""

_LISTS: Final = Path(__file__).with_name("names_model") / "words.gz"
_OFTEN: Final = ("2", "3")
_NO_NAME: Final = ("00", "01")
_GIVEN: Final = ("3",)
"""The fourth digit of a word's class says how common it is, the first two how much of a given name and surname."""

_ALWAYS: Final = """
and any can all to of in is it on or we if so up us he am oh ok go the for are but not you was one our out get has him
his how now see two way who its put say she too use yet why had did few ask own six ten big try her new old day low
mid via end ago bad bit cut eat fit hot key led lie net odd pay red sit tax top won men air age add act box buy cup
dry due ear eye fix fly gap hit ice ill map mix mud oil pop raw sad sky sun tie tip toy wet als auf bei bis das gut
ich ihm ihn ihr ist nun nur ob und uns vom von vor wie wir zu zum zur aux cet du et mes ne non nos ont ou peu ses si
sur tu un une vos es fue lo los muy ni se su uno ya al ci cui dei di gli ha ho il la le ora pi poi pu sia sua suo vi
ao aos com da de dos em eu foi na nas nem num seu sob tem um voc aan bij dat dit dus een en er het hij hoe ik jij mij
nog nu om ons ook op te tot uit wat wel wij zal ze zo zou aby bez co czy dla gdy jej kt lub mi mo nam nim od po pod
tak tej tym za there more time just must came hard got set yes far per der die den dem des mit sie que qui les pas est
con del las una por che
"""
"""Words of two and three letters, of all languages, since lists of words have too much else that is so short; and a few
that begin a name and are too common to wait for."""

_ELSEWHERE: Final = """
aber alle allem allen aller alles also auch beim bereits bitte dabei dadurch daher damit danach dann daran darauf
daraus darf darin dass davon dazu dein deine denn dich dies diese diesem diesen dieser dieses doch dort durch eine
einem einen einer eines einige entweder erst etwa etwas euch euer falls fast ganz gegen genau gibt haben hatte hier
hinter ihnen ihre ihrem ihren immer indem jede jedem jeden jeder jedes jedoch jetzt kann kein keine keinen kommt mehr
mein meine mich muss nach nicht nichts noch oben oder ohne schon sehr sein seine seinem seinen seiner seit selbst sich
sind sobald sodass solche soll sollte sondern sonst soweit sowie statt trotz unser unten unter viel viele warum weil
weiter welche wenn werden wieder wird wurde wurden zwar zwischen alors aucun aussi autre autres avant avec avez avoir
avons ainsi beaucoup bien cela cette ceux chaque chez comme comment contre dans depuis dire donc donner dont elle
elles encore entre faire fait faut leur leurs lorsque mais mieux moins notre nous nouveau nouvelle parce pendant peut
peuvent plus plusieurs pour pourquoi pouvez premier puis quand quel quelle quelques quoi sans selon seulement soit
sont sous souvent tous tout toute toutes trop vers voici votre vous algo algunos antes aquel aqui aunque cada casi
como contra cual cuando cuanto desde donde durante ella ellos esta estas este esto estos fueron gracias hace hacer
hacia hasta luego menos mientras mismo mucho muchos nada nosotros nuestro nunca otra otras otro otros para pero poco
porque primero puede pueden pues quien sobre tambien tanto tiene tienen toda todas todo todos tras unos usted adesso
allora altri altro anche ancora avere bene bisogno come cosa dalla dalle degli della delle deve dopo dove ecco essere
fare hanno invece loro meglio mentre molto nella nelle nessun nostro ogni perch possono prima proprio qualche quando
quanto quello questa queste questi questo quindi senza siamo solo sono sopra sotto stato stesso sulla tutti tutto
vostro ainda apenas aquele assim depois elas eles essa esse foram isso isto mesmo muito nossa nosso numa outra outras
outro outros pela pelo pelos pode podem pois quem seus suas tamb tudo achter alleen altijd andere binnen daar deze
doen door eens elke geen goed haar hebben heeft iets jullie komt kunnen maar meer meest moet naar niet niets omdat
onze over tegen terwijl toch toen tussen veel verder voor waar wanneer want waren weer welke werd worden wordt zelf
zich zijn zonder albo bardzo dlaczego gdzie jako jest jednak jego jeszcze kiedy mnie niego oraz przed przez przy tego
tylko wszystko
"""

LEFT_OUT: Final = frozenset("""
account accounts admin alerts api billing bookings careers clients contact customer customers desk dev developer do
editor email enquiries events feedback hello help hi host hostmaster info invoice invoices jobs login mail mailbox
mailer manager marketing me media members my news newsletter no noreply notifications notify office orders payments
press privacy reception recruiting register reply report reports reservation root sales security server service
services shop staff student support team test tests user users web webmaster january february march april may june
july august september october november december
""".split())  # fmt: skip
"""Common, and beginnings of values."""


def words() -> Iterator[str]:
    """In small letters, two to `LONGEST` of `a-z`. A word may come twice."""
    common: list[str] = [word for word in _ELSEWHERE.split() if len(word) > _TINY]
    begun: set[str] = set()
    for line in gzip.decompress(_LISTS.read_bytes()).decode().split("\n"):
        name, *listed = line.split(" ")
        if name[:2] in _NO_NAME and name[3:4] in _OFTEN:
            common += [word for word in listed if _TINY < len(word) <= LONGEST and word.isascii() and word.isalpha()]
        elif name[:1] in _GIVEN:
            begun.update(word[:end] for word in listed for end in range(_TINY, len(word) + 1))
    out = begun | LEFT_OUT
    yield from (word for word in common if word not in out)
    yield from _ALWAYS.split()


def frequent() -> Iterator[str]:
    """Words that are read often, be they names or not: in small letters of `a-z`."""
    for line in gzip.decompress(_LISTS.read_bytes()).decode().split("\n"):
        name, *listed = line.split(" ")
        if name[3:4] in _OFTEN:
            yield from (word for word in listed if word.isascii() and word.isalpha())
    yield from LEFT_OUT
    yield from words()
