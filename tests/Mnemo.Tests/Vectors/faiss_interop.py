"""Checks index files both ways with the real FAISS.

usage: faiss_interop.py OURS QUERIES D TOP THEIRS IDS_OURS IDS_THEIRS
Reads the index OURS, answers QUERIES (float32, row-major) into IDS_OURS (int64); then writes the same vectors as an
IndexIDMap2 of its own to THEIRS, and its answers to IDS_THEIRS.
"""
import sys

import faiss
import numpy as np

ours, queries, d, top, theirs, ids_ours, ids_theirs = sys.argv[1:]
d, top = int(d), int(top)
queries = np.fromfile(queries, dtype=np.float32).reshape(-1, d)

index = faiss.read_index(ours)
assert type(index).__name__ == "IndexIDMap2", type(index).__name__
index.search(queries, top)[1].astype(np.int64).tofile(ids_ours)

ids = faiss.vector_to_array(index.id_map)
vectors = np.stack([index.reconstruct(int(i)) for i in ids])
flat = faiss.IndexFlatIP(d) if index.metric_type == faiss.METRIC_INNER_PRODUCT else faiss.IndexFlatL2(d)
other = faiss.IndexIDMap2(flat)
other.add_with_ids(vectors[::-1].copy(), ids[::-1].copy())
faiss.write_index(other, theirs)
other.search(queries, top)[1].astype(np.int64).tofile(ids_theirs)
