"""A sentence that says why a bill is not corrected, and which rule it comes from, so that nobody reads it back."""
import re

FIGURE = re.compile(r"\$?\d[\d,.]*\d|\$?\d")


class Refusal(str):
    """A Spanish sentence. `rule` are the words of the rule that refuses, without the figures of the bill; `lacks`
    says that only a figure or a reason is missing.
    """

    rule: str
    lacks: bool

    def __new__(cls, sentence: str, rule: str = "", lacks: bool = False) -> "Refusal":
        made = super().__new__(cls, sentence)
        made.rule, made.lacks = rule, lacks
        return made


def rule_of(sentence: str) -> str:
    """The words by which the refusals of one rule are counted together: its own, or the sentence without figures."""
    return sentence.rule if isinstance(sentence, Refusal) and sentence.rule else FIGURE.sub("…", sentence)


def lacks(sentence: str) -> bool:
    """Whether the sentence only says what is missing."""
    return isinstance(sentence, Refusal) and sentence.lacks
