"""Fresh text for load: word salad that reads like prose, with a value worth finding here and there."""

from __future__ import annotations

import json
import random
from typing import Any

type Message = dict[str, str]

COMMON = """the of and to in is that it was for on are as with they at be this from have or by one had not but what all
were when we there can an your which their said if do will each about how up out them then she many some so these would
other into has more her two like him see time could no make than first been its who now people my made over did down
only way find use may water long little very after words called just where most know get through back much go good new
write our me man too any day same right look think also around another came come work three must because does part even
place well such here take why help put different away again off went old number great tell men say small every found
still between name should home big give air line set own under read last never us left end along while might next sound
below saw something thought both few those always show large often together asked house world going want school
important until form food keep children feet land side without boy once animal life enough took four head above kind
began almost live page got earth need far hand high year mother light country father let night picture being study
second soon story since white ever paper hard near sentence better best across during today however sure knew try told
young sun thing whole hear example heard several change answer room sea against top turned learn point city play toward
five himself usually money seen car morning body upon family later turn move face door cut done group true half red
fish plants contract invoice deadline server customer report meeting budget deploy function error password account key
token release branch review email phone address order payment shipping refund policy legal draft summary translate
table column query index cache stream buffer socket thread worker""".split()
NAMES = "Ada Boris Chloe Dmitri Elena Farid Greta Hassan Ingrid Jonas Keiko Liam Mara Nadia Omar Priya".split()
SURNAMES = "Abernathy Bianchi Castellan Dubois Eriksen Fontaine Grigoryan Haverford Ito Jankowski Kowal".split()
SYSTEM = "You are a careful assistant of the operations team. Answer briefly, and say when you are not sure."


class Prose:
    """Seeded: the same seed gives the same load, and no text comes twice."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def value(self) -> str:
        """Something a gate should find."""
        pick = self._random
        name, surname = pick.choice(NAMES), pick.choice(SURNAMES)
        return pick.choice(
            [
                f"{name}.{surname}{pick.randrange(1000)}@mail{pick.randrange(100)}.example.com".lower(),
                f"+1 202-555-{pick.randrange(10_000):04d}",
                _card(pick),
                f"10.{pick.randrange(256)}.{pick.randrange(256)}.{pick.randrange(256)}",
                f"{name} {surname}, born on {pick.randrange(1, 29)} May {pick.randrange(1940, 2005)}",
            ]
        )

    def sentence(self) -> str:
        pick = self._random
        words = pick.choices(COMMON, k=pick.randrange(6, 22))
        chance = pick.random()
        if chance < 0.3:  # a word no cache has seen
            words.insert(
                pick.randrange(len(words)), "".join(pick.choices("abcdeghiklmnoprstu", k=pick.randrange(4, 11)))
            )
        if chance < 0.15:
            words.insert(pick.randrange(len(words)), pick.choice(NAMES))
        elif chance < 0.2:
            words.insert(pick.randrange(len(words)), str(pick.randrange(100_000)))
        if chance > 0.985:  # about one in five kilobytes
            words.append(self.value())
        return " ".join(words).capitalize() + pick.choice(".....?!,:")

    def text(self, size: int) -> str:
        """Exactly `size` characters, all ASCII."""
        sentences, length = [], 0
        while length < size:
            sentences.append(self.sentence() + (" " if self._random.random() < 0.85 else "\n\n"))
            length += len(sentences[-1])
        return "".join(sentences)[:size]

    def body(self, size: int) -> bytes:
        """A chat-completions request of about `size` bytes, in turns of at most 8 KB."""
        room, messages = size - 150, [{"role": "system", "content": SYSTEM}]
        while room > 0:
            role = "user" if len(messages) % 2 else "assistant"
            messages.append({"role": role, "content": self.text(min(room, 8192))})
            room -= 8192 + 40
        messages[-1]["role"] = "user"
        return request(messages)

    def conversation(self, size: int, turns: int) -> list[bytes]:
        """The requests of one conversation, each with all that was said before; the last is about `size` bytes."""
        piece = (size - 200) // (2 * turns - 1) - 40
        messages, bodies = [{"role": "system", "content": SYSTEM}], []
        for _ in range(turns):
            messages.append({"role": "user", "content": self.text(piece)})
            bodies.append(request(messages))
            messages.append({"role": "assistant", "content": self.text(piece)})
        return bodies

    def stream_body(self, size: int) -> bytes:
        """A short request whose reply streams fresh text of `size` characters: the double repeats it."""
        return request([{"role": "user", "content": self.text(size)}], model="double:echo", stream=True)


def request(messages: list[Message], *, model: str = "double:text:ok", stream: bool = False) -> bytes:
    document: dict[str, Any] = {"model": model, "messages": messages, "stream": stream}
    return json.dumps(document, separators=(",", ":")).encode()


def _card(pick: random.Random) -> str:
    """A number that passes Luhn, from a range that is never issued for real use in tests."""
    digits = [4, 0, 0, 0] + [pick.randrange(10) for _ in range(11)]
    doubled = (2 * d - 9 if d > 4 else 2 * d for d in digits[::2])
    check = -(sum(doubled) + sum(digits[1::2])) % 10
    return "".join(map(str, [*digits, check]))
