# SPDX-License-Identifier: Apache-2.0
"""What the pool of ``./run --dspy`` offers: DSPy's commands, a program, a measure of answers, a tool."""

from typing import Any

import dspy

from serpentry import Module
from serpentry import dspy as programs

questions = Module("questions")


@programs.allow
class Reviewed(dspy.Module):
    """Answers, and then looks at the answer again."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = dspy.ChainOfThought("question -> answer")
        self.review = dspy.Predict("question, answer -> verdict")

    def forward(self, question: str) -> dspy.Prediction:
        answer = self.answer(question=question).answer
        return dspy.Prediction(answer=answer, verdict=self.review(question=question, answer=answer).verdict)


@programs.metric
def says_something(example: dspy.Example, prediction: dspy.Prediction, trace: Any = None) -> bool:
    """Accepts every answer that is not empty."""
    return bool(prediction.answer)


@questions.call
def lookup(term: str) -> str:
    """Look a term up in the glossary; a tool for agents."""
    return {"JCA": "Jakarta Connectors"}.get(term, "unknown")
