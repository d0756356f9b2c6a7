import hashlib

from penchant.evaluation.held_users import held_users

IDS = [f"u{n}" for n in range(40)]


def test_the_smallest_hashes_of_seed_and_id_are_held():
    hashes = {
        place: hashlib.blake2b(b"7\0" + one.encode(), digest_size=8).digest()
        for place, one in enumerate(IDS)
    }

    smallest = sorted(sorted(hashes, key=hashes.__getitem__)[:4])
    assert held_users(IDS, 4, seed=7).tolist() == smallest


def test_who_is_held_stays_so_in_another_order_and_among_more():
    held = {IDS[place] for place in held_users(IDS, 4, seed=5)}

    turned = IDS[::-1]
    assert {turned[place] for place in held_users(turned, 4, seed=5)} == held
    more = [*IDS, *(f"new{n}" for n in range(10))]
    assert held < {more[place] for place in held_users(more, 14, seed=5)}


def test_another_seed_holds_others():
    assert held_users(IDS, 4, seed=0).tolist() != held_users(IDS, 4, seed=1).tolist()
