import xml.etree.ElementTree as ET

from penchant.cli.evaluate.report.plots import plots


def test_plots_are_xml_without_anything_from_outside(report):
    drawn = {name: picture for name, _, picture in plots(report)}

    assert set(drawn) == {"metrics-kept", "curves-kept", "buckets-kept", "reach-kept"}
    for picture in drawn.values():
        texts = "".join(ET.fromstring(picture).itertext())
        assert "<good>" in texts
        assert "href" not in picture
        assert "nan" not in picture
