"""Which of eight languages a stretch of text is in, by the words that hold its sentences together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

_BLOCK: Final = 256
"""Code points that are taken to be in one language."""
_AROUND: Final = 160
"""Code points to both sides of a block that are looked at with it."""
_LEAST: Final = 3
"""Different words that have to speak for a language other than English, and more than for English."""

_WORDS: Final = """
en: the of and to in is it that for on with as was be are this have from or by you not we he she they at an if will
 would can there been has had which their what when who your my our but about please do does did his her a i
 me so no am us were how more than then also only its into out up just any some very could should here now
de: der die das und ist nicht ein eine einen einem einer eines den dem des mit von zu im auf für sich es als auch an
 bei nach aus wird werden wurde hat haben sie er wir ich ihr sind war oder wenn dass durch über nur noch wie kann
 können um zum zur vom beim am ins dieser diese dieses diesen diesem so aber aller alle allen mehr bitte danke laut
 seit sowie solange während kein keine keinen ihre ihren ihrem ihrer mein meine unser unsere siehe falls bis gegen
 ohne unter wer was wo du mich mir uns hier jetzt muss soll sollte darf anders namen arten tage
fr: le la les de des du et est un une en que qui dans pour pas sur avec ce cette ces il elle nous vous ils elles je tu
 au aux par plus ou mais sont être avoir a ont été fait comme si son sa ses leur leurs mon ma mes notre votre se ne
 on cela tout tous toute toutes sans sous chez très bien aussi selon depuis entre après avant quand où dont lors
 afin ainsi peut doit c d l j qu n s hier aujourd voir ici
es: el la los las de del y es un una en que por para con no se su sus lo al como más pero este esta estos estas ese esa
 fue ha han hay ser son está están muy sin sobre entre también cuando donde desde hasta según si yo tú él ella
 nosotros usted ustedes ellos me te le les nos mi mis tu cada todo toda todos todas otro otra porque ya hemos puede
 pueden debe ayer hoy o u véase consulte
it: il lo la i gli le di del dello della dei degli delle e è un uno una in nel nella nei che per con non si su sul
 sulla al alla ai alle come più ma questo questa questi queste quello quella sono era ha hanno essere avere da dal
 dalla anche se quando dove senza tra fra io tu lui lei noi voi loro mi ti ci vi ne suo sua suoi mio mia ogni tutto
 tutti tutte altro altra secondo dopo prima perché già può deve ieri oggi o od ed
nl: de het een en van is in op te dat die voor met zijn niet aan er om ook als bij nog naar uit door over wordt worden
 werd heeft hebben had ik je jij u hij zij ze we wij jullie mijn jouw uw ons onze hun haar dit deze dan maar of kan
 kunnen moet moeten zal zullen wel geen meer al tot indien alleen elke erin erna toen want wat wie waar volgens
 sinds tegen onder zonder na gisteren vandaag zie anders lees kun kunt
pl: i w z na nie się jest do to że o jak dla od po za przez przy oraz lub ale czy tym tego ten ta te tej są był była
 było być ma mam może można jego jej ich ja ty on ona my wy oni mnie mi go mu który która które których gdy kiedy
 gdzie tylko już jeszcze także bardzo bez pod nad przed między proszę dziękuję wczoraj dzisiaj jeśli jeżeli albo
 więc bo by aby we ze wszystkie każdy
pt: o a os as de do da dos das e é um uma em no na nos nas que para por com não se ao à aos pelo pela pelos pelas como
 mais mas este esta isto esse essa isso foi são ser está estão tem têm ter há seu sua seus suas meu minha nosso
 nossa você vocês eu ele ela nós eles elas lhe me te muito já também quando onde desde até sobre entre sem sob cada
 todo toda todos todas outro outra pode podem deve depois antes segundo ontem hoje ou
"""
FUNCTION_WORDS: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(words.split()) for language, words in re.findall(r"(?m)^(\w\w):((?:.*\n )*.*)", _WORDS)
}
"""Words that hold sentences together, and a few that begin one or are names elsewhere."""
LANGUAGES: Final = tuple(FUNCTION_WORDS)
"""Two letters each, as ISO 639-1 has them."""
_ENGLISH: Final = LANGUAGES.index("en")
_SPEAK: Final[dict[str, tuple[int, ...]]] = {}
for _n, _words in enumerate(FUNCTION_WORDS.values()):
    for _word in _words:
        _SPEAK[_word] = (*_SPEAK.get(_word, ()), _n)
"""The numbers of the languages that a word speaks for."""


class Spoken:
    """The languages of a text's places, `among` those that are asked for: each block of it is looked at once."""

    def __init__(self, text: str, among: Collection[str]) -> None:
        self._text = text
        self._among = among
        self._known: dict[int, str | None] = {}

    def at(self, place: int) -> str | None:
        """The language round a place; None where it is English, none of those asked for, or not clear."""
        block = place // _BLOCK
        if block not in self._known:
            self._known[block] = self._judged(block * _BLOCK)
        return self._known[block]

    def _judged(self, start: int) -> str | None:
        counts = [0] * len(LANGUAGES)
        words = self._text[max(0, start - _AROUND) : start + _BLOCK + _AROUND].lower().split()
        for word in _SPEAK.keys() & words:
            for n in _SPEAK[word]:
                counts[n] += 1
        best = max(counts)
        found = LANGUAGES[counts.index(best)]
        clear = best >= _LEAST and best > counts[_ENGLISH]
        return found if clear and found != "en" and found in self._among else None
