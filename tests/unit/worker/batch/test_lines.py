import json

from penchant.worker.batch.lines import LineRefused, answered, read_line


class Echo:
    """Answers with the user's id; refuses user `no`."""

    required = ("userId",)
    results = "recommendedItems"

    def __init__(self, batch=2):
        self.batch = batch
        self.asked = []

    def answer(self, asks):
        self.asked.append([ask.user_id for ask in asks])
        for ask in asks:
            refused = ask.user_id == "no"
            yield LineRefused("no") if refused else {"recommendedItems": [ask.user_id]}


def lines(texts, echo):
    return [json.loads(one) for one in answered([text.encode() for text in texts], echo)]


def test_every_line_is_answered_at_its_place_whatever_the_others_are():
    echo = Echo()
    texts = ['{"userId": "a"}', "{", '{"userId": "no"}', " ", '{"userId": "b"}\r\n', "\n"]
    found = lines(texts, echo)
    assert [one["output"]["recommendedItems"] for one in found] == [["a"], [], [], ["b"]]
    assert [one["error"] is None for one in found] == [True, False, False, True]
    assert found[2]["error"] == "User error: no"
    assert echo.asked == [["a"], ["no", "b"]]


def test_only_a_batch_is_held_at_a_time():
    read = []

    def source():
        for number in range(10):
            read.append(number)
            yield b'{"userId": "a"}'

    found = answered(source(), Echo(batch=3))
    next(found)
    assert len(read) == 3


def test_a_byte_order_mark_is_passed_over():
    assert read_line(b'\xef\xbb\xbf{"userId": "a"}', ("userId",)).user_id == "a"


def test_what_is_no_utf_8_stands_in_the_answer_as_well_as_it_can():
    ask = read_line(b'{"userId": "\xff"}', ("userId",))
    assert ask.fault is not None
    assert ask.given == '{"userId": "\ufffd"}'


def test_ids_may_be_whole_numbers_but_nothing_else():
    assert read_line(b'{"userId": 7}', ("userId",)).user_id == "7"
    for other in (b"true", b"1.5", b"null", b"{}", b'""'):
        fault = read_line(b'{"userId": ' + other + b"}", ("userId",)).fault
        assert str(fault) == "User error: Required fields for the provided recipe are userId"
