"""Reasons to take a matched value for something else, by name, for a rule's `filters` list.

A filter takes the value as it stood in the text and returns True where the
match is to be dropped: a placeholder, a code expression, a word of prose.
"""

from __future__ import annotations

import base64
import re
import string
from collections.abc import Callable, Mapping
from typing import Final

from hushgate.detect.randomness import is_issued, is_random

type Filter = Callable[[str], bool]

_MARKED: Final = re.compile(
    r"""
      \$\{[\w.:?}-]+\}|\$\([^()]*\)|\{\{[^{}]*\}\}|<%|%\([a-z]|%[A-Za-z_]+%$|\#\{             # interpolation
    | ^(?:\$[A-Za-z_]\w*|(?:%[sdvr][:/@.]?)+|@[A-Za-z_.]+@|__\w+__|:\w+|\?)$   # a variable, whole
    | ^<[^<>]*>?$|^\[[^\[\]]*\]?$|^\{[\w .:$-]*\}?$             # <your key>, [REDACTED], {key}
    | ^(?:\W|_)*$                                                # nothing but marks: ****, ...
    | ^(.)\1*$|^[xX*.\-_#•]{4,}|[xX]{5}|\*{4}|\.{3}|…|0{8}          # masked
    | ^(?:0?123456789\d*|abcdefghij\w*|(?:deadbeef)+|12345\d?)$
    """,
    re.VERBOSE,
)
_SAMPLE: Final = re.compile(
    r"(?:^|[^a-z])(?:(?:your|my)[-_. ]?"
    r"|(?:the|an?|some|test|fake|dummy|sample|mock|invalid|enter|insert|put|add|set)[-_. ])"
    r"(?:own|real|super|secret|access|auth|api|service|actual|new|client|[-_. ])*"
    r"(?:key|token|secret|pass(?:word|wd|phrase)?|credentials?|here|value|string)(?:$|[^a-z])"
    r"|example(?:key)?$|^example|change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with)|place[-_]?holder|redacted"
    r"|to[-_ ]?be[-_ ]?(?:set|filled|replaced)|^(?:insert|your|fake|dummy|sample|mock)[-_ ]|not[-_ ]?a[-_ ]?real"
    r"|put your|[-_ ]here$"
    r"|^foo(?:bar)?$|^bar$|lorem|ipsum|somefake|fakekey|<[a-z_ -]+>",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"""
      ^[A-Za-z_][\w.]*\s*[(\[]                       # a call or subscript: os.environ[...], getpass(
    | ^(?:self|this|cls|config|settings|os|process|env|request|req|args|options|opts|params|data|ctx|props|state
         |user|creds?|credentials|var|local|module|each|secrets|vault|input|kwargs|context|event)\.[A-Za-z_]
    | ^[A-Za-z_]\w*(?:->|::|\?\.|=>)\w
    | ^[A-Za-z]+(?:\.[A-Za-z_]+)+$                   # dotted names
    | ^&?[A-Za-z_]\w*\s*(?:\|\||&&|\?\?|==\s*\S)   # but not base64, which may end in ==
    | ^(?:new|await|lambda|return|function|async|typeof|not)\b
    | ^[=,;.\\]|^[-+*/|&<>!?:()\[\]{}]+(?:[\w.]*|\s.*)$
    | ^[A-Za-z_]\w*[\])},;]+$ | [({\[]$ | \)\s*[{;:,]?$ | \(\)
    | ^(?:Optional|Union|List|Dict|Callable|Final|ClassVar)\[
    """,
    re.VERBOSE,
)
_PATH: Final = re.compile(
    r"^(?:arn:aws|[A-Za-z][A-Za-z0-9+.-]*://[^@\s]*$|~?/(?:[\w.+@-]+/)+[\w.@+-]*$|\.{1,2}/|[A-Za-z]:\\|file:"
    r"|/?(?:etc|usr|var|opt|home|run|tmp|root)/|[\w-]+(?:/[\w.-]+)*\.(?:py|js|ts|json|ya?ml|txt|pem|key|crt|md|html?|sh|toml|go|rs)$)"
)
_PUBLIC: Final = re.compile(
    r"^(?:pk_(?:live|test)_|phc_|ssh-(?:rsa|ed25519|dss) |AAAA[BC]3NzaC1|age1[02-9ac-hj-np-z]|sha(?:1|256|384|512)[-:]"
    r"|-----BEGIN (?:RSA )?PUBLIC|G-[A-Z0-9]{10}$|UA-\d)"
)
_SIGNED: Final = re.compile(
    r"""\\|\(\?|\[\^?[a-zA-Z0-9]-|\.[*+]|%[sd(]|://|\(\)|\);|\){2}|\)\{|</|/>|[=-]>|&&|\|\||::|^[\w.]+[(\[<][\w.*&$]*[)\]>(\[<,]"""
)
_SPOKEN: Final = frozenset(
    """
    a an the is are be been was were must should may can cannot could would will not no do does please enter type your
    you my our their this that these those if when then else for from to of by on in at or new old confirm change reset
    forgot forgotten invalid incorrect wrong required missing optional password passwords passphrase secret key keys
    token username user email login account file name string field default example used use using set get generate
    generated generate create created update updated delete show hide save saved stored store length least characters
    letters digits match matches strong weak none null empty available access api
    """.split()
)
_SAMPLE_PASSWORDS: Final = frozenset("password passwd pass pwd pw port token secret x-oauth-basic guest".split())
_SUFFIXES: Final = frozenset(
    "png jpg jpeg gif svg webp ico js jsx ts tsx css scss py go rs java rb php json yaml yml toml txt service".split()
)
_WORDS: Final = frozenset(
    """
    a an and any are as at auth authentication be been being blank but by can cannot changed confirm correct could
    created credentials default disabled do does empty enabled encrypted expired false field file fine for forgotten
    from generated given good had has hash hashed hasn have hidden i if in incorrect input int integer invalid is isn
    it its key known length literal long lost match matched missing must my need needed never new nil no none not
    null number object of off ok okay on only optional or our out pass passphrase password plain please policy prompt
    protected provided public random read required reset same saved secret secure see sent server set should shown so
    some something stored str string strong text that the their them then there they this to token too true type
    undefined unknown unset update updated use used user username valid value var was weak were what when where which
    will with without wrong you your bool boolean bytes char self varchar void private protect secrets tokens keys
    """.split()
)
_SHARED_HOMES: Final = frozenset(
    """
    user users username your-user youruser you me name shared public default runner runneradmin ubuntu debian ec2-user
    vagrant node app admin administrator root git www www-data jenkins circleci gitlab-runner builder build docker
    container linuxbrew vscode codespace jovyan coder sandbox guest test tester dev developer pi
    """.split()
)
_ACCOUNT_WORDS: Final = frozenset(
    """
    account accounts admin administrator root user users guest anonymous nobody system name id int uuid integer email
    e-mail mail details page form button screen url with using via through and then here details data info model class
    table field column primary foreign bigint text varchar self test example demo root me you yourself someone anyone
    """.split()
)
_NO_STREETS: Final = frozenset(
    """
    lane lanes way minute minutes hour hours second seconds day days week weeks month months year years mile miles meter
    meters metres km kilometers feet steps yards more less most few many people persons customers users items files
    bytes bits lines pages times points versions steps single double dirt main side back open long short same next last
    first within after before during between under over around across along down near only into onto than what which
    who we they he she it i or so because while until since however released version release build port node error
    """.split()
)


def placeholder(value: str) -> bool:
    """`${TOKEN}`, `<your-api-key>`, `xxxx`, `AKIA...EXAMPLE`, `changeme`."""
    return _MARKED.search(value) is not None or _SAMPLE.search(value) is not None


def code(value: str) -> bool:
    """An expression that names a value instead of being it: `os.environ["X"]`, `config.password`."""
    return _CODE.search(value) is not None


def path(value: str) -> bool:
    """A file's path or a URL without credentials."""
    return _PATH.search(value) is not None


def public_key(value: str) -> bool:
    """Made to be published: publishable keys, SSH public keys, digests of artefacts."""
    return _PUBLIC.search(value) is not None


def word(value: str) -> bool:
    """A word that stands after "password is" without being one: `required`, `null`, `string`."""
    return value.strip(".,;:!?\"'`*_)").lower() in _WORDS


def plain(value: str) -> bool:
    """Only letters, or only digits but few: more likely a name, a type or a count than a secret."""
    bare = value.strip("\"'`,;")
    if bare.isdigit():
        return len(bare) < 6
    return re.sub(r"[-_. ]", "", bare).isalpha() and not is_random(bare)


def not_random(value: str) -> bool:
    """A name, a word, a number: nothing that a machine made up."""
    return not is_random(value)


def not_issued(value: str) -> bool:
    """A word, a version, a date, a few words in a row: nothing that a service hands out as a key."""
    return not is_issued(value)


def pem_empty(value: str) -> bool:
    """A PEM frame with nothing in it, or a mention of one."""
    body = re.sub(r"-----[A-Z ]+-----|\\+[nr]", " ", value)
    return len(re.findall(r"[A-Za-z0-9+/=]", body)) < 16


def not_private(value: str) -> bool:
    """Base64 of a PEM block other than a private key."""
    try:
        return b"PRIVATE KEY" not in base64.b64decode(re.sub(r"\s", "", value)[:80])
    except ValueError:
        return True


def prose(value: str) -> bool:
    """A sentence: three words or more of letters alone."""
    words = value.split()
    return len(words) > 2 and sum(w.strip(".,;:!?()").isalpha() for w in words) >= len(words) - 1


def spoken(value: str) -> bool:
    """Words that tell of a secret, or ask for one: `enter your password`, `must be set`."""
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", value)}
    return not words.isdisjoint(_SPOKEN) or len(words) < 2


def not_marked(value: str) -> bool:
    """Few kinds of signs, or those of a pattern, a template or code."""
    marks = {c for c in value if not c.isalnum() and c not in "_-./:,"}
    return len(marks) < 4 or value[0] in "$({[<%&|" or _SIGNED.search(value) is not None


def no_quotes(value: str) -> bool:
    """Without anything in quotes: names or marks for values, not values."""
    return re.search(r"[\"'][^\"']{4,}[\"']", value) is None


def short_word(value: str) -> bool:
    """Letters with at most one digit behind them: a noun more likely than a password."""
    return len(value) < 12 and value.rstrip(string.digits).isalpha() and value.islower()


def not_mixed(value: str) -> bool:
    """Lacks the mix of small letters and digits with capitals or marks that passwords are told to have."""
    has_digit = any(c.isdigit() for c in value)
    has_small = any(c.islower() for c in value)
    return not (has_digit and has_small and any(c.isupper() or not c.isalnum() for c in value))


def key_name(value: str) -> bool:
    """The name of a setting, of a type or a label: `user_password`, `Password:`, `secretRef`, `name`."""
    bare = value.strip(" :*?.!")
    return re.sub(r"[-_. ]", "", bare).isalpha() and (
        re.search(r"pass|pwd|secret|token|key|auth|user|name|cred|login|hash", bare, re.IGNORECASE) is not None
        or len(bare) < 6
    )


def ports(value: str) -> bool:
    """`8080:80`, `host:port`, a number: what `-p` takes in other tools."""
    return re.fullmatch(r"[\d.:/-]+(?:tcp|udp)?", value) is not None


def sample_password(value: str) -> bool:
    """The passwords of documentation: `user:password@host`, `user:pass@host`, `host:port@x`."""
    return value.lower() in {
        "password",
        "passwd",
        "pass",
        "pwd",
        "pw",
        "port",
        "token",
        "secret",
        "x-oauth-basic",
        "guest",
    }


_OF_A_HOST: Final = re.compile(r"(?![0-9]+x\.).+\.(?:[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|name)")
"""A domain as most are: under a country's code, or one of the oldest names. `2x.` begins the name of a picture."""


def machine_address(value: str) -> bool:
    """`git@host`, `icon@2x.png`, `getty@tty1.service`: has the shape of an e-mail address, and is none.

    A file may be called after an address: `carol@acme.com.txt`.
    """
    name, _, host = value.lower().rpartition("@")
    rest, _, last = host.rpartition(".")
    return name in {"git", "hg", "svn"} or (last in _SUFFIXES and _OF_A_HOST.fullmatch(rest) is None)


def few_digits(value: str) -> bool:
    """Too few digits for an identifier."""
    return sum(c.isdigit() for c in value) < 4


def no_digits(value: str) -> bool:
    """A word, where an identifier has digits."""
    return sum(c.isdigit() for c in value) < 3


def no_digit(value: str) -> bool:
    """A word."""
    return not any(c.isdigit() for c in value)


def not_street_de(value: str) -> bool:
    """A word of another sort that ends as streets do: `During 197`."""
    return value.lower().startswith(("during ", "spring ", "string ", "bring ", "ring "))


def not_street(value: str) -> bool:
    """A count or a year before ordinary words: `42 bytes off`, `2024 The Road`."""
    words = value.split()
    return len(words) < 3 or not any(w[:1].isupper() for w in words[1:]) or words[1].lower() in _WORDS


def not_street_lower(value: str) -> bool:
    """Counts and common words before the street's: `5 minutes from the road`, `a 3 lane road`."""
    words = {word.strip(".,") for word in value.split()[1:-1]}
    return not words.isdisjoint(_NO_STREETS) or not words.isdisjoint(_SPOKEN)


def not_address(value: str) -> bool:
    """Counts, sizes, places in memory: `42 bytes off`, `3 customers in Berlin`; no word that could be a street's."""
    words = [word.strip(".,") for word in value.split()]
    names = [word for word in words if word[:1].isalpha() and len(word) > 1]
    return not any(len(word) > 3 for word in names) or any(word in _NO_STREETS or word in _WORDS for word in names)


def account_word(value: str) -> bool:
    """A word of the sentence, or a field's: `login = account`, `logged in as administrator`."""
    return value.lower().rstrip(".") in _ACCOUNT_WORDS


def shared_home(value: str) -> bool:
    """The home of nobody in particular: `/home/user`, `/home/runner`, `/Users/Shared`."""
    return re.split(r"[/\\]+", value)[-1].lower() in _SHARED_HOMES


FILTERS: Final[Mapping[str, Filter]] = {
    "placeholder": placeholder,
    "code": code,
    "path": path,
    "public_key": public_key,
    "word": word,
    "plain": plain,
    "not_random": not_random,
    "not_issued": not_issued,
    "pem_empty": pem_empty,
    "not_private": not_private,
    "prose": prose,
    "spoken": spoken,
    "not_marked": not_marked,
    "no_quotes": no_quotes,
    "short_word": short_word,
    "not_mixed": not_mixed,
    "key_name": key_name,
    "ports": ports,
    "sample_password": sample_password,
    "machine_address": machine_address,
    "few_digits": few_digits,
    "no_digits": no_digits,
    "no_digit": no_digit,
    "not_street": not_street,
    "not_street_de": not_street_de,
    "not_street_lower": not_street_lower,
    "not_address": not_address,
    "account_word": account_word,
    "shared_home": shared_home,
}
