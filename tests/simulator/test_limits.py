"""Call limits, by the simulator's clock."""

import threading
import time

import pytest

from .client import Client


@pytest.fixture
def limited(org):
    """The organisation with Xero's limits on."""
    org.limits.concurrent, org.limits.minute, org.limits.day = 5, 60, 5_000
    return org


def status(api):
    """The status of one small call."""
    return api.call("GET", "Organisation").status_code


def test_answers_tell_what_remains(limited, api):
    answer = api.call("GET", "Organisation")
    names = ("X-MinLimit-Remaining", "X-DayLimit-Remaining", "X-AppMinLimit-Remaining")
    assert [answer.headers[name] for name in names] == ["59", "4999", "9999"]
    refused = api.call("PUT", "Contacts", {})
    assert [refused.headers[name] for name in names] == ["58", "4998", "9998"]


def test_the_sixty_first_call_in_a_minute_is_429(sim, limited, api):
    assert [status(api) for _ in range(60)] == [200] * 60
    sim.clock.advance(20)
    answer = api.call("GET", "Organisation")
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Problem"] == "minute"
    assert 30 <= int(answer.headers["Retry-After"]) <= 40
    assert answer.headers["X-MinLimit-Remaining"] == "0"


def test_the_minute_slides(sim, limited, api):
    limited.limits.minute = 2
    assert status(api) == 200
    sim.clock.advance(40)
    assert [status(api), status(api)] == [200, 429]
    sim.clock.advance(15)
    assert status(api) == 429
    sim.clock.advance(6)
    assert [status(api), status(api)] == [200, 429]


def test_refused_calls_use_nothing_up(sim, limited, api):
    limited.limits.minute = 1
    assert [status(api) for _ in range(4)] == [200, 429, 429, 429]
    sim.clock.advance(61)
    assert status(api) == 200
    assert limited.meter_of(sim.oauth.apps["CLIENT"]).day_used == 2


def test_the_day_ends_after_24_hours(sim, limited, api, app):
    limited.limits.day = 2
    assert [status(api), status(api)] == [200, 200]
    sim.clock.advance(3_600)
    api.token = sim.grant(app, [limited])["access_token"]
    answer = api.call("GET", "Organisation")
    assert (answer.status_code, answer.headers["X-Rate-Limit-Problem"]) == (429, "day")
    assert 82_700 <= int(answer.headers["Retry-After"]) <= 82_800
    sim.clock.advance(82_801)
    api.token = sim.grant(app, [limited])["access_token"]
    assert status(api) == 200


def test_the_starter_plan_has_a_thousand_calls_a_day(sim):
    assert sim.add_organisation("Small", edition_class="STARTER").limits.day == 1_000
    assert sim.add_organisation("Large", edition_class="PREMIUM").limits.day == 5_000
    assert sim.add_organisation("Own", daily_limit=7).limits.day == 7


def test_each_organisation_has_its_own_limits(sim, limited, app, api):
    other = sim.add_organisation("Other")
    limited.limits.minute = 1
    second = Client(sim, other, sim.grant(app, [other])["access_token"])
    assert [status(api), status(api), status(second)] == [200, 429, 200]


def test_the_app_has_a_limit_over_all_organisations(sim, limited, app, api):
    app.minute_limit = 2
    answers = [api.call("GET", "Organisation") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["X-Rate-Limit-Problem"] == "appminute"


def test_the_sixth_call_at_once_is_429(sim, limited, api, app):
    sim.fault("delay", seconds=0.6, times=5)
    results = []

    def slow():
        results.append(status(Client(sim, limited, api.token)))

    threads = [threading.Thread(target=slow) for _ in range(5)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while limited.meter_of(app).running < 5 and time.monotonic() < deadline:
        time.sleep(0.005)
    answer = api.call("GET", "Organisation")
    for thread in threads:
        thread.join()
    assert (answer.status_code, answer.headers["X-Rate-Limit-Problem"]) == (429, "concurrent")
    assert "Retry-After" not in answer.headers
    assert results == [200] * 5
    assert status(api) == 200


def test_limits_can_be_switched_off(limited, api):
    limited.limits.off()
    assert {status(api) for _ in range(70)} == {200}
