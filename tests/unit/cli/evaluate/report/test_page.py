from penchant.cli.evaluate.report.page import page


def test_the_page_holds_tables_plots_and_sentences_and_nothing_from_outside(report):
    text = page(
        report, title="Shop & co", about={"data": "a<b"}, remarks=["x > y"], files=["metrics.csv"]
    )

    assert "<title>Shop &amp; co</title>" in text
    assert "a&lt;b" in text
    assert "<li>x &gt; y</li>" in text
    assert text.count("<svg") == 4
    assert "also good is better than bad by ." in text
    assert 'src="' not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme:dark" in text
