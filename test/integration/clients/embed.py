"""Loads a sentence embedding model with embed_anything (Rust, candle) and compares three sentences.

Prints one JSON object: dimensions, cosine similarity of two related and of two unrelated sentences.
"""

import json
import sys

import embed_anything
import numpy
from embed_anything import EmbeddingModel

SENTENCES = [
    "A cat sits on the mat.",
    "A kitten is resting on a rug.",
    "The central bank raised interest rates.",
]


def cosine(a, b):
    return float(a @ b / numpy.linalg.norm(a) / numpy.linalg.norm(b))


model = EmbeddingModel.from_pretrained_hf(sys.argv[1])
cat, kitten, bank = (
    numpy.array(item.embedding) for item in embed_anything.embed_query(SENTENCES, embedder=model)
)
print(json.dumps({"dimensions": len(cat), "related": cosine(cat, kitten), "unrelated": cosine(cat, bank)}))
