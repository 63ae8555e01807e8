"""`recurrence`: which RRULE and EXDATE lines are taken (RFC 5545 section 3.3.10, and fewer), and their canonical form."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_api.expansion import read_series, stored_series
from calendar_api.recurrence import BadRecurrence, read_lines, written
from calendar_api.times import instant_of
from tests.calendar_api.test_expansion import rules

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = "RRULE:FREQ=DAILY"


def canonical(*lines, zone=BERLIN):
    """The lines as the API gives them back."""
    return written(*read_lines([*lines], zone=zone), zone=zone)


def refusal(lines, zone=BERLIN):
    """Why the lines are refused."""
    with pytest.raises(BadRecurrence) as refused:
        read_lines(lines, zone=zone)
    assert str(refused.value).endswith(".")
    assert str(refused.value).isascii()
    return refused.value


def rule_refusal(rule, zone=BERLIN):
    """The code with which `RRULE:<rule>` is refused."""
    error = refusal([f"RRULE:{rule}"], zone)
    assert error.line == 0
    return error.code


# Lines


@pytest.mark.parametrize("lines", [None, EVERY_DAY, {"rrule": "FREQ=DAILY"}, 5, [EVERY_DAY, None], [[EVERY_DAY]], [b"RRULE:FREQ=DAILY"]])
def test_recurrence_is_a_list_of_lines(lines):
    error = refusal(lines)
    assert (error.code, error.line) == ("invalid_type", None)


def test_exactly_one_line_is_an_rrule():
    for lines in ([], ["EXDATE:20261208T090000Z"]):
        error = refusal(lines)
        assert (error.code, error.line) == ("rrule_missing", None)
    error = refusal([EVERY_DAY, "EXDATE:20261208T090000Z", "RRULE:FREQ=WEEKLY"])
    assert (error.code, error.line) == ("rrule_repeated", 2)


def test_exdate_lines_may_stand_before_the_rrule():
    assert canonical("EXDATE:20261208T090000Z", EVERY_DAY)[0] == EVERY_DAY


@pytest.mark.parametrize("name", ["RDATE", "EXRULE", "exrule"])
def test_rdate_and_exrule_are_not_taken(name):
    error = refusal([EVERY_DAY, f"{name}:20261208T090000Z"])
    assert (error.code, error.line) == ("unsupported_property", 1)


@pytest.mark.parametrize("line", ["DTSTART:20261201T090000Z", "X-RULE:1", "RRULES:FREQ=DAILY", "DURATION:PT1H", "BEGIN:VEVENT"])
def test_no_other_property_is_taken(line):
    assert refusal([line]).code == "unknown_property"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "RRULE",
        "FREQ=DAILY",
        " RRULE:FREQ=DAILY",
        "RRULE :FREQ=DAILY",
        "RRULE;X=1:FREQ=DAILY",
        "RRULE:FREQ=DAILY\n",
        "RRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY",
        "RRULE:FREQ=DAILY\r\nDTSTART:20200101T000000Z",
        "RRULE:FREQ=DAILY\x00",
        "RRULE:FREQ=DAILY\x7f",
        "RRULE:FREQ=DAILY;INTERVAL=\u0662",
        "RRULE:FREQ=DAILY;INTERVAL=\uff12",
        "RRULE:FREQ=DA\u0131LY",
        "RRULE:FREQ=DAILY\ud800",
        "RRULE\u2028:FREQ=DAILY",
    ],
)
def test_a_line_is_ascii_and_one_line(line):
    assert refusal([line]).code == "invalid_line"


def test_a_rule_has_at_most_300_characters():
    days = ",".join(f"{day:03}" for day in range(1, 68))
    rule = f"RRULE:FREQ=YEARLY;BYYEARDAY={days}"
    assert canonical(rule + "," + ",".join(["068"] * ((300 - len(rule)) // 4)))
    assert refusal([rule + ",068" * 9]).code == "too_long"


def test_a_series_has_at_most_100_exdates_over_all_its_lines():
    values = [f"{datetime(2026, 12, 1, 10) + timedelta(days=number):%Y%m%dT%H%M%S}" for number in range(101)]
    most = f"EXDATE;TZID=America/Argentina/ComodRivadavia:{','.join(values[:100])}"
    assert len(canonical(EVERY_DAY, most)[1].split(",")) == 100
    error = refusal([EVERY_DAY, most, f"EXDATE;TZID=Europe/Berlin:{values[100]}"])
    assert (error.code, error.line) == ("too_many_exdates", 2)
    assert refusal([EVERY_DAY, f"EXDATE;TZID=Europe/Berlin:{','.join(values)}"]).code == "too_many_exdates"
    assert refusal([EVERY_DAY, "EXDATE:" + ",".join(["20261208T090000Z"] * 200)]).code == "too_long"


# The rule


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "unknown_part"),
        ("COUNT=3", "freq_missing"),
        ("FREQ=", "invalid_value"),
        ("FREQ=FORTNIGHTLY", "invalid_value"),
        ("FREQ=DAILY;", "unknown_part"),
        ("FREQ=DAILY;;COUNT=3", "unknown_part"),
        ("FREQ=DAILY; COUNT=3", "unknown_part"),
        ("FREQ=DAILY;COUNT", "invalid_value"),
        ("FREQ=DAILY;COUNT=", "invalid_value"),
        ("FREQ=DAILY;COUNT=3=3", "invalid_value"),
        ("FREQ=YEARLY;BYEASTER=0", "unknown_part"),
        ("FREQ=DAILY;X-NAME=1", "unknown_part"),
        ("RSCALE=GREGORIAN;FREQ=DAILY", "unknown_part"),
        ("FREQ=DAILY;SKIP=BACKWARD", "unknown_part"),
        ("FREQ=DAILY;FREQ=DAILY", "repeated_part"),
        ("FREQ=DAILY;COUNT=3;count=3", "repeated_part"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "repeated_part"),
        ("FREQ=DAILY;WKST=1", "invalid_value"),
        ("FREQ=DAILY;WKST=MO,TU", "invalid_value"),
    ],
)
def test_a_rule_has_known_parts_each_once_rfc5545_section_3_3_10(rule, code):
    assert rule_refusal(rule) == code


@pytest.mark.parametrize("freq", ["SECONDLY", "MINUTELY", "HOURLY", "hourly"])
def test_nothing_is_more_frequent_than_daily(freq):
    assert rule_refusal(f"FREQ={freq}") == "unsupported_frequency"


@pytest.mark.parametrize("part", ["BYHOUR=9,10", "BYMINUTE=0,20,40", "BYSECOND=0"])
def test_all_instances_begin_at_the_starts_time_of_day(part):
    assert rule_refusal(f"FREQ=DAILY;{part}") == "unsupported_part"


@pytest.mark.parametrize("rule", ["FREQ=DAILY;COUNT={}", "FREQ=DAILY;INTERVAL={}"])
@pytest.mark.parametrize("value", ["0", "-1", "+1", "1.0", "1_0", "1e2", "0x1", "ten", "1,2", "1001", "9" * 200])
def test_counts_and_intervals_are_plain_whole_numbers_in_range(rule, value):
    assert rule_refusal(rule.format(value)) == "invalid_value"


@pytest.mark.parametrize("part", ["COUNT=1", "COUNT=1000", "INTERVAL=2", "INTERVAL=400"])
def test_the_limits_of_counts_and_intervals_are_taken(part):
    assert canonical(f"{EVERY_DAY};{part}") == [f"{EVERY_DAY};{part}"]


def test_an_interval_above_400_is_refused():
    assert rule_refusal("FREQ=DAILY;INTERVAL=401") == "invalid_value"


@pytest.mark.parametrize(
    ("freq", "name", "limit", "signed"),
    [
        ("YEARLY", "BYMONTH", 12, False),
        ("YEARLY", "BYWEEKNO", 53, True),
        ("YEARLY", "BYYEARDAY", 366, True),
        ("MONTHLY", "BYMONTHDAY", 31, True),
        ("MONTHLY;BYDAY=MO", "BYSETPOS", 366, True),
    ],
)
def test_numbers_of_by_parts_are_in_range_rfc5545_section_3_3_10(freq, name, limit, signed):
    rule = f"FREQ={freq};{name}="
    good = ["1", f"{limit}", "01", f"1,{limit}"] + ["-1", "+1", f"-{limit}", "-1,1"] * signed
    bad = [
        "",
        "0",
        "-0",
        "00",
        f"{limit + 1}",
        f"-{limit + 1}",
        "1,",
        ",1",
        "1,,2",
        "1 ",
        "1,0",
        "0001",
        "1_0",
        "1.0",
        "MO",
        "++1",
        "--1",
        "+",
    ]
    for value in good:
        assert canonical(f"RRULE:{rule}{value}"), value
    for value in bad + ["-1", "+1"] * (not signed):
        assert rule_refusal(rule + value) == "invalid_value", value


@pytest.mark.parametrize(
    "value", ["", "MO,", "XX", "M", "MONDAY", "1", "0MO", "-0MO", "00MO", "MO1", "54MO", "-54MO", "100MO", "1 MO", "+-1MO", "1_0MO"]
)
def test_byday_has_weekdays_with_ordinals_up_to_53(value):
    assert rule_refusal(f"FREQ=YEARLY;BYDAY={value}") == "invalid_value"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231T225959Z", "count_and_until"),
        ("FREQ=DAILY;BYWEEKNO=20", "byweekno_not_yearly"),
        ("FREQ=WEEKLY;BYWEEKNO=20", "byweekno_not_yearly"),
        ("FREQ=MONTHLY;BYWEEKNO=20", "byweekno_not_yearly"),
        ("FREQ=DAILY;BYYEARDAY=100", "byyearday_not_yearly"),
        ("FREQ=WEEKLY;BYYEARDAY=100", "byyearday_not_yearly"),
        ("FREQ=MONTHLY;BYYEARDAY=100", "byyearday_not_yearly"),
        ("FREQ=WEEKLY;BYMONTHDAY=13", "bymonthday_weekly"),
        ("FREQ=MONTHLY;BYSETPOS=1", "bysetpos_alone"),
        ("FREQ=DAILY;BYDAY=1MO", "ordinal"),
        ("FREQ=WEEKLY;BYDAY=MO,-1FR", "ordinal"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "ordinal"),
        ("FREQ=MONTHLY;BYDAY=6MO", "ordinal"),
        ("FREQ=MONTHLY;BYDAY=-6MO", "ordinal"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=1MO,52MO", "ordinal"),
    ],
)
def test_parts_that_do_not_go_together_are_refused_each_with_its_reason_rfc5545_section_3_3_10(rule, code):
    assert rule_refusal(rule) == code


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=-5MO,5SU",
        "FREQ=YEARLY;BYDAY=-53MO,53SU",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=-5MO,5SU",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=DAILY;BYMONTH=1;BYSETPOS=1",
        "FREQ=WEEKLY;BYMONTH=1;BYDAY=MO;BYSETPOS=1",
        "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR",
    ],
)
def test_parts_that_go_together_are_taken(rule):
    assert canonical(f"RRULE:{rule}") == [f"RRULE:{rule}"]


@pytest.mark.parametrize(
    ("zone", "until", "code"),
    [
        (BERLIN, "20261231", "until_kind"),
        (BERLIN, "20261231T235959", "until_kind"),
        (None, "20261231T235959Z", "until_kind"),
        (None, "20261231T235959", "until_kind"),
        (BERLIN, "20270230", "invalid_value"),
        (BERLIN, "20270230T000000Z", "invalid_value"),
        (None, "20270230", "invalid_value"),
        (None, "00000101", "invalid_value"),
        (BERLIN, "20261231T240000Z", "invalid_value"),
        (BERLIN, "20261231T235960Z", "invalid_value"),
        (BERLIN, "20261231T2359Z", "invalid_value"),
        (BERLIN, "20261231T235959+0100", "invalid_value"),
        (BERLIN, "2026-12-31T23:59:59Z", "invalid_value"),
        (None, "2026-12-31", "invalid_value"),
        (None, "2026W011", "invalid_value"),
        (None, "120261231", "invalid_value"),
        (None, "", "invalid_value"),
        (None, "99999999", "invalid_value"),
    ],
)
def test_until_is_in_utc_in_series_with_times_and_a_date_in_others_rfc5545_section_3_3_10(zone, until, code):
    assert rule_refusal(f"FREQ=DAILY;UNTIL={until}", zone) == code


@pytest.mark.parametrize(
    ("zone", "until"), [(BERLIN, "20261231T225959Z"), (None, "20261231"), (BERLIN, "99991231T235959Z"), (None, "99991231")]
)
def test_the_right_kind_of_until_is_taken(zone, until):
    assert canonical(f"RRULE:FREQ=DAILY;UNTIL={until}", zone=zone) == [f"RRULE:FREQ=DAILY;UNTIL={until}"]


# EXDATE


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("EXDATE:20261208T100000", "exdate_kind"),
        ("EXDATE:20261208", "exdate_kind"),
        ("EXDATE;VALUE=DATE:20261208", "exdate_kind"),
        ("EXDATE;VALUE=DATE-TIME:20261208T090000Z", "exdate_kind"),
        ("EXDATE;TZID=Europe/Berlin:20261208T090000Z", "exdate_kind"),
        ("EXDATE;TZID=Europe/Berlin:20261208", "exdate_kind"),
        ("EXDATE;TZID=Europe/Berlin:20261208T100000,20261209", "exdate_kind"),
        ("EXDATE:20261208T090000Z,20261209T100000", "exdate_kind"),
        ("EXDATE;TZID=Europe/Berlin;VALUE=DATE-TIME:20261208T100000", "exdate_kind"),
        ("EXDATE;X=1:20261208T090000Z", "exdate_kind"),
        ("EXDATE;:20261208T090000Z", "exdate_kind"),
        ("EXDATE;TZID=Europe/Nowhere:20261208T100000", "unknown_zone"),
        ("EXDATE;TZID=Europe:20261208T100000", "unknown_zone"),
        ("EXDATE;TZID=../UTC:20261208T100000", "unknown_zone"),
        ('EXDATE;TZID="Europe/Berlin":20261208T100000', "unknown_zone"),
        ("EXDATE;TZID=:20261208T100000", "unknown_zone"),
        ("EXDATE:", "invalid_value"),
        ("EXDATE:20261208T090000Z,", "invalid_value"),
        ("EXDATE:20260230T090000Z", "invalid_value"),
        ("EXDATE:20261208T250000Z", "invalid_value"),
        ("EXDATE:20261208T090000Z/PT1H", "invalid_value"),
        ("EXDATE:19691231T235959Z", "out_of_range"),
        ("EXDATE:22000101T000000Z", "out_of_range"),
        ("EXDATE:00010101T000000Z", "out_of_range"),
        ("EXDATE;TZID=Asia/Tokyo:99991231T235959", "out_of_range"),
    ],
)
def test_exdate_of_a_series_with_times_is_local_to_a_zone_or_in_utc_rfc5545_section_3_8_5_1(line, code):
    error = refusal([EVERY_DAY, line])
    assert (error.code, error.line) == (code, 1)


@pytest.mark.parametrize(
    "line", ["EXDATE:20261208", "EXDATE:20261208T090000Z", "EXDATE;VALUE=DATE:20261208T000000", "EXDATE;TZID=Europe/Berlin:20261208"]
)
def test_exdate_of_an_all_day_series_has_dates(line):
    assert refusal([EVERY_DAY, line], zone=None).code == "exdate_kind"


# Canonical form


@pytest.mark.parametrize(
    ("sent", "canonical_form"),
    [
        ("RRULE:FREQ=DAILY;INTERVAL=1;WKST=MO", "RRULE:FREQ=DAILY"),
        ("rrule:freq=weekly;byday=we,mo,we;wkst=su", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU"),
        ("RRULE:COUNT=0010;INTERVAL=02;FREQ=DAILY", "RRULE:FREQ=DAILY;COUNT=10;INTERVAL=2"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=+5,-01,31,05", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1,5,31"),
        (
            "RRULE:FREQ=MONTHLY;BYSETPOS=-1,1;BYDAY=MO,+01TU,-1FR;BYMONTH=12,1",
            "RRULE:FREQ=MONTHLY;BYMONTH=1,12;BYDAY=-1FR,MO,1TU;BYSETPOS=-1,1",
        ),
        ("RRULE:UNTIL=20261231t225959z;FREQ=DAILY", "RRULE:FREQ=DAILY;UNTIL=20261231T225959Z"),
        (
            "RRULE:BYMONTHDAY=1;BYYEARDAY=1;BYWEEKNO=1;BYMONTH=1;BYDAY=MO;FREQ=YEARLY",
            "RRULE:FREQ=YEARLY;BYMONTH=1;BYWEEKNO=1;BYYEARDAY=1;BYMONTHDAY=1;BYDAY=MO",
        ),
    ],
)
def test_parts_come_in_one_order_values_sorted_and_defaults_left_out(sent, canonical_form):
    assert canonical(sent) == [canonical_form]
    assert canonical(canonical_form) == [canonical_form]


def test_exdates_come_in_one_line_in_the_series_zone_sorted_and_each_once():
    lines = [
        "exdate:20261222t090000z,20261208T090000Z",
        "EXDATE;tzid=America/New_York:20261208T040000",
        "EXDATE;TZID=Europe/Berlin:20261201T100000",
    ]
    assert canonical(*lines, EVERY_DAY) == [EVERY_DAY, "EXDATE;TZID=Europe/Berlin:20261201T100000,20261208T100000,20261222T100000"]
    assert canonical(EVERY_DAY, "exdate;value=date:20261224,20261201,20261224", zone=None) == [
        EVERY_DAY,
        "EXDATE;VALUE=DATE:20261201,20261224",
    ]


def test_an_exdate_that_hits_nothing_is_kept():
    line = "EXDATE;TZID=Europe/Berlin:20261208T031500"
    assert canonical("RRULE:FREQ=WEEKLY", line) == ["RRULE:FREQ=WEEKLY", line]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("EXDATE;TZID=Europe/Berlin:20260329T023000", "20260329T033000"),  # skipped: the instant that it stands for
        ("EXDATE:20261025T003000Z", "20261025T023000"),
        ("EXDATE:20261025T013000Z", None),  # the second 02:30 has no name in local time, and no instance
        ("EXDATE;TZID=Pacific/Apia:19700101T000000", "19700101T120000"),
        ("EXDATE;TZID=Asia/Tokyo:19700101T000000", None),  # in Berlin before the calendar's first year, where no series starts
    ],
)
def test_an_exdate_never_comes_to_mean_another_instant(line, kept):
    assert canonical(EVERY_DAY, line) == [EVERY_DAY, *([f"EXDATE;TZID=Europe/Berlin:{kept}"] if kept else [])]


ZONES = [
    "Europe/Berlin",
    "UTC",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Casablanca",
]
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30)) | st.datetimes(datetime(2018, 1, 1), datetime(2018, 12, 31))


@settings(max_examples=100, deadline=None)
@given(parts=rules(), zone=st.sampled_from(ZONES), told_in=st.sampled_from(ZONES), moments=st.lists(MOMENTS, max_size=4), data=st.data())
def test_the_canonical_form_is_read_as_the_same_series(parts, zone, told_in, moments, data):
    shuffled = {name: ",".join(data.draw(st.permutations(parts[name].split(",")))) for name in data.draw(st.permutations(sorted(parts)))}
    rule, same_rule = (";".join(f"{name}={value}" for name, value in each.items()) for each in (parts, shuffled))
    lines = [data.draw(st.sampled_from([f"RRULE:{same_rule}", f"rrule:{same_rule.lower()}"]))]
    for moment in moments:
        lines.append(data.draw(st.sampled_from([f"EXDATE:{moment:%Y%m%dT%H%M%S}Z", f"EXDATE;TZID={told_in}:{moment:%Y%m%dT%H%M%S}"])))
    own = ZoneInfo(zone)
    read, excluded = read_lines(lines, zone=own)
    assert read == read_lines([f"RRULE:{rule}"], zone=own)[0]
    again = written(read, excluded, zone=own)
    assert read_lines(again, zone=own) == (read, excluded)
    assert written(*read_lines(again, zone=own), zone=own) == again
    # What is excluded are instants that were named.
    named = {moment.replace(microsecond=0, tzinfo=UTC) for moment in moments}
    named |= {instant_of(moment.replace(microsecond=0), ZoneInfo(told_in)) for moment in moments}
    assert {instant_of(one, own) for one in excluded if isinstance(one, datetime)} <= named


def test_a_stored_series_is_the_one_that_was_read():
    start = datetime(2026, 12, 1, 10)
    lines = ["RRULE:COUNT=5;FREQ=WEEKLY", "EXDATE:20261208T090000Z,20270101T000000Z"]
    read = read_series(lines, start=start, zone=BERLIN)
    assert read.lines == ["RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Europe/Berlin:20261208T100000,20270101T010000"]
    assert stored_series(read.lines, start=start, zone=BERLIN, last=read.last) == read
    all_day = read_series([lines[0], "EXDATE;VALUE=DATE:20261208"], start=date(2026, 12, 1), zone=None)
    assert stored_series(all_day.lines, start=all_day.start, zone=None, last=all_day.last) == all_day
    until = read_series(["RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z"], start=start, zone=BERLIN)
    assert stored_series(until.lines, start=start, zone=BERLIN, last=until.last) == until


def test_a_stored_series_outlives_its_zones_name():
    """Its EXDATE line is not looked at for a zone, so that another can stand in for one that left the zone database."""
    series = stored_series(
        [EVERY_DAY, "EXDATE;TZID=Mars/Base:20261202T100000"], start=datetime(2026, 12, 1, 10), zone=ZoneInfo("UTC"), last=None
    )
    assert [start.day for start in series.starts(latest=datetime(2026, 12, 4))] == [1, 3]


# Texts


@pytest.mark.parametrize(
    "line", ["RRULE:FREQ=<b>", "RRULE:FREQ=DAILY;<b>=1", "<b>", "EXDATE;TZID=<b>:20261208T100000", "EXDATE:<b>", "EXDATE;<b>:<b>", "B<b>:1"]
)
def test_an_error_says_what_would_be_right_and_repeats_nothing(line):
    error = refusal([line])
    assert "<b>" not in str(error)
