"""Foreign bytes at every door: a result, or a `BodySegError`, and nothing else.

Each kind of input is a module here (`kinds.py` lists them) with a function ``try_one(case)``, which
makes one input from a seed, reads it as users do, and says what became of it. `run.py` calls it in
a process of its own, which may crash, hang or grow; `test_fuzz.py` asserts that it does not.
"""
