"""Words beside names, and capitalised words that are none."""

from __future__ import annotations

from typing import Final

TITLES: Final = frozenset(
    """
    mr mrs ms miss mx dr prof professor sir madam lord lady herr frau fräulein monsieur madame mademoiselle mme
    mlle señor señora señorita sr sra srta don doña signor signora sig dott dottoressa meneer mevrouw dhr mevr
    heer pan pani panie panu pana pań senhor senhora dona menina fru hr rev judge captain sgt officer nurse doctor
    """.split()
)
PARTICLES: Final = frozenset(
    "de da di del della van von der den ter ten la le du des dos das bin ibn al el y e".split()
)
SIGN_OFFS: Final = frozenset(
    """
    regards sincerely thanks cheers best yours truly faithfully respectfully cordially wishes you grüße grüßen
    gruß gruss gruesse gruessen cordialement bises amicalement bientôt saludos saludo abrazo besos atentamente saluti
    cordiali distinti baci groet groeten abraço abraços cumprimentos atenciosamente beijos obrigado obrigada gracias
    merci danke dank grazie bedankt pozdrawiam pozdrowienia thx ty xx xoxo love
    """.split()
)
GREETINGS: Final = frozenset(
    """
    dear hi hello hey hiya yo morning evening afternoon welcome liebe lieber hallo moin servus geehrte geehrter
    cher chère chers bonjour bonsoir salut coucou estimado estimada querido querida hola buenas buenos ciao caro
    cara gentile egregio buongiorno buonasera salve beste geachte hoi goedemorgen olá oi prezado prezada cześć
    czesc witaj drogi droga szanowny szanowna
    """.split()
)
_ALSO_NAMES: Final = frozenset(
    "cara caro gentile egregio love dank dona pana pan menina heer doctor judge yo ty".split()
)
PRODUCTS: Final = frozenset(
    "ada alexa alice astro carla cassandra claude clay cortana crystal dolly eliza elixir erlang gemini gina grok"
    " haskell hermes jenkins jest julia julius kong lambda luna maven mercury moose nova opal pascal pearl perl ray"
    " rich robin ruby sage sigma siri sonnet travis trinity victoria watson xavier".split()
)
"""Given names and surnames that are software, too."""
NOT_NAMES: Final = frozenset(
    """
    a about above according account action activity actually additional address admin administrator after again
    agent all alright also although always am american an and another any anyone anything api app application
    are around as ask assistant at australian author available away back bad based be because been before being
    below best better between board both boss bot boy british building business but buy by call can canadian
    card care case ceo certain chat check child chinese christmas city class clear click client clients coach
    code colleague colleagues come coming committee community company complete confirm contact content contents
    copy could council country course create created customer customers data database date day days deal dear
    default department description design desk detail details dev developer developers did director do docs does
    doing done down dutch each early easter edit editor either else email employee end engineer english enough
    error european even ever every everybody everyone everything example family far father few field file final
    find fine first folks following for french friday friend friends from full fun general gentlemen german get
    girl give glad go god going good got government great group guest guests guy guys had half happy hard has
    hate have having he hello help her here hi his hiring history holiday home hope house how however human
    husband i id if important in inc indian info information input inside instead interested internal internet
    into is issue it italian item its japanese job join just keep kind know korean ladies language last late
    later least leave less let license like list little live local log long look looking looks lot love low
    machine madam made mail main make man manager many march market may maybe me meeting member members men
    message method mexican mid might mom monday month more morning most mother much mum must my myself name
    national need network never new news next nice night no nobody non none not note nothing now number of off
    office officer ok okay old on once one only open option or order other our out output outside over own owner
    page parent part partner party password patient people per person phone place plan please pm point policy
    port possible post present president press pretty price print prior private probably problem process product
    professor profile program project public put question quick quite read ready really reason recent record
    regarding regards related release remember report request resident response rest result return review right
    role rule run russian said sales same saturday save say says school script search second section secure
    security see seen select self send sender senior sent sept september serious server service set several
    shall she should show sick side simple simply since sir sister site so software some somebody someone
    something sometimes son soon sorry spanish special staff standard start state states status step still stop
    store street string student student's subject such summary sunday support sure system table take talk task
    teacher team teams tell term terms test testing text than thank thanks that the their them then there these
    they thing things think this those three through thursday time times title to today together told tomorrow
    tonight too top total toward training true try tuesday turn two type under unfortunately university until up
    update us use used user users using valued value version very via view visit visitor volunteer vp want
    warning was watch way we web website wednesday week weekend welcome well went were what whatever when where
    which while who whole whom whose why wife will wish wishes with within without woman women word work worker
    working world worse would write wrong year years yes yesterday yet you young your yours yourself january
    february april june july august october november december alle allen damen herren kollegen kolleginnen team
    kunde kundin sehr geehrte geehrter der die das ein eine und ich sie wir tous toutes messieurs mesdames todos
    todas amigos señores equipo cliente optional union dict tuple any final callable iterable sequence mapping
    unknown anonymous redacted deleted none null true false void string int object function class return const let
    var def self undefined args arguments attributes parameters params returns raises yields note notes examples
    """.split()
)
SURNAMES: Final = frozenset(
    "allen best case day english field french good guy house little long love may page price self young".split()
)
"""Those of them that are names behind a title."""
NEVER: Final = (NOT_NAMES | TITLES | SIGN_OFFS | GREETINGS) - _ALSO_NAMES
"""What is no part of a name."""
