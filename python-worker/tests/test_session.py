# SPDX-License-Identifier: Apache-2.0
"""Functions with sessions, in real workers; the store that they see is played by the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness import Connection, Pool, frame_json
from serpentry._wire import CONTEXT, FrameType
from store import JSON, Caller, Store, Stored

Pools = Callable[..., Pool]


@pytest.fixture
def pool(pools: Pools) -> Pool:
    return pools(modules=["functions", "sessions"])


@pytest.fixture
def caller(worker: Connection) -> Caller:
    """A worker, and a session with a list, an object, a number and bytes."""
    store = Store(history=["a", {"deep": [1]}], profile={"name": "Ada"}, count=5, picture=b"\x89PNG")
    return Caller(worker, store)


def store_of(caller: Caller) -> Store:
    assert caller.store is not None
    return caller.store


class TestInjection:
    """Parameters that take the session."""

    def test_the_catalogue_must_list_uses_but_not_the_session(self, worker: Connection) -> None:
        functions = {entry["name"]: entry for entry in worker.hello["functions"]}
        assert (functions["s.needs"]["uses"], functions["s.needs"]["parameters"]) == (
            ["history", "count"],
            [],
        )
        assert [p["name"] for p in functions["s.may_need"]["parameters"]] == ["text"]
        assert functions["s.run"]["uses"] == []

    def test_a_function_must_get_the_session_by_its_hint(self, caller: Caller) -> None:
        assert caller.call("s.needs").value == "s_1"
        assert caller.call("s.may_need").value is True
        assert caller.run("result = current_session() is session").value is True

    def test_a_call_without_a_session_must_be_refused_only_where_one_is_needed(
        self, worker: Connection
    ) -> None:
        error = worker.error("s.needs")
        assert (error["code"], error["type"]) == ("ILLEGAL_STATE", "")
        assert "needs a session" in error["message"]
        assert worker.call("s.may_need") is False
        assert worker.call("s.run", code="result = current_session()") is None

    def test_the_session_must_not_be_an_argument(self, caller: Caller) -> None:
        error = caller.call("s.needs", {"session": None}).value
        assert (error["code"], error["context"]) == ("INVALID_ARGUMENT", {"argument": "session"})

    def test_arguments_must_count_their_attachments_behind_those_of_the_context(self, caller: Caller) -> None:
        code = "result = [data == b'argument', session['picture'] == b'\\x89PNG']"
        assert caller.run(code, inline=["picture"], data=b"argument").value == [True, True]


class TestReading:
    """Where contents come from, and what is read of them."""

    def test_values_must_be_what_was_stored(self, caller: Caller) -> None:
        big = 2**70 + 1
        store_of(caller).entries["numbers"] = Stored(1, JSON, b"[1.0, 1e2, %d]" % big)
        code = "n = session['numbers']; result = [[str(x) for x in n], session['picture'][1:].decode()]"
        assert caller.run(code).value == [["1.0", "100.0", str(big)], "PNG"]

    def test_the_list_must_be_known_without_fetching(self, caller: Caller) -> None:
        code = (
            "i = session.info('picture')\n"
            "result = [len(session), list(session), 'count' in session, 'x' in session, session.get('x'),"
            " i.version, i.media_type, i.size, session.id, session.owner, session.kind, session.revision,"
            " session.metadata['language']]"
        )
        names = ["count", "history", "picture", "profile"]
        info = [1, "application/octet-stream", 4]
        assert caller.run(code).value == [
            4,
            names,
            True,
            False,
            None,
            *info,
            "s_1",
            "ada",
            "durable",
            1,
            "en",
        ]
        assert caller.asked == []

    def test_an_entry_must_be_fetched_once_and_then_be_in_the_cache(self, caller: Caller) -> None:
        code = "result = session['history'][0] + session['history'][1]['deep'].__repr__()"
        assert caller.run(code).value == "a[1]"
        assert caller.asked == [{"service": "session", "operation": "fetch", "names": ["history"]}]
        assert caller.run(code).value == "a[1]"
        assert len(caller.asked) == 1

    def test_a_content_that_came_along_must_not_be_fetched_now_or_later(self, caller: Caller) -> None:
        caller.run("pass", inline=["history"])
        assert caller.run("result = session['history'][0]").value == "a"
        assert caller.asked == []

    def test_what_a_call_stored_must_be_warm_for_the_next(self, caller: Caller) -> None:
        caller.run("session['history'].append('b')\nsession['new'] = [1]", inline=["history"])
        assert caller.run("result = session['history'][2:] + session['new']").value == ["b", 1]
        assert caller.asked == []

    def test_the_cache_must_be_told_of_when_it_was_used(self, caller: Caller) -> None:
        code = "session['history']; session['history']; session['picture']; session.increment('hits')"
        size = len(store_of(caller).entries["history"].content) + 4 + 2 * 256
        assert caller.run(code).cache == [0, size]
        assert caller.run(code).cache == [2, size]
        assert caller.run("session['history']; session.increment('hits')").cache == [3, size]
        assert caller.run("session.increment('hits')").cache is None

    def test_what_a_failed_call_found_must_be_told_by_the_next(self, caller: Caller) -> None:
        caller.run("session['count']")
        caller.fail("session['count']; raise ValueError")
        cache = caller.run("session['count']; session.increment('hits')").cache
        assert cache is not None
        assert cache[0] == 2

    def test_prefetch_must_fetch_what_is_missing_in_one_question(self, caller: Caller) -> None:
        code = (
            "session.prefetch('history', 'count', 'no such entry', 'picture')\n"
            "result = [session['history'][0], session['count'], len(session['picture'])]"
        )
        assert caller.run(code, inline=["count"]).value == ["a", 5, 4]
        assert [question["names"] for question in caller.asked] == [["history", "picture"]]

    def test_prefetch_must_leave_alone_what_was_written_or_read(self, caller: Caller) -> None:
        code = (
            "session['history'] = [1]; del session['picture']; session['count']\n"
            "session.prefetch('history', 'picture', 'count', 'count')\n"
            "result = session['history']"
        )
        assert caller.run(code, inline=["count"]).value == [1]
        assert caller.asked == []

    def test_without_a_cache_each_call_must_fetch(self, pools: Pools) -> None:
        pool = pools(modules=["sessions"], environment={"SERPENTRY_CACHE_BYTES": "0"})
        caller = Caller(pool.worker(), Store(history=["a"]))
        for _ in range(2):
            caller.run("session['history']; session['history']")
        assert len(caller.asked) == 2

    def test_a_cache_bound_that_is_no_number_must_stop_the_start(self, pools: Pools) -> None:
        pool = pools(modules=["sessions"], environment={"SERPENTRY_CACHE_BYTES": "64M"})
        error = frame_json(pool.connect(pool.started()["socket"]).frame())
        assert error["code"] == "WORKER_START_FAILED"
        assert "SERPENTRY_CACHE_BYTES" in error["message"]

    def test_a_content_without_its_digest_must_not_be_read(self, caller: Caller) -> None:
        store = store_of(caller)
        described = store.described()

        def answer(names: Any) -> Any:
            store.entries["history"] = Stored(1, JSON, b"[]")
            fields, contents = Store.fetched(store, names)
            fields["entries"][0][4] = described[0]["entries"][1][4]
            return fields, contents

        store.fetched = answer  # type: ignore[method-assign]
        code = (
            "try: session['history']\nexcept serpentry.HostError as e: result = [e.code, e.context['entry']]"
        )
        assert caller.run(code).value == ["ENTRY_CORRUPT", "history"]
        del store.fetched
        assert caller.run("result = session['history']").value == []

    def test_an_entry_that_is_no_json_must_be_named(self, caller: Caller) -> None:
        store_of(caller).entries["count"] = Stored(1, JSON, b"{")
        error = caller.fail("session['count']")
        assert error["type"] == "serpentry.HostError"
        assert "'count'" in error["message"]

    def test_an_entry_that_was_removed_meanwhile_must_be_missing(self, caller: Caller) -> None:
        store = store_of(caller)
        request = caller.begin("s.run", {"code": "result = session.get('history', 'gone')"})
        del store.entries["history"]
        assert caller.finish(request).value == "gone"

    def test_reads_must_be_told_only_where_they_are_asked_for(self, caller: Caller) -> None:
        code = "session['history']; 'absent' in session; session['mine'] = 1; session['mine']"
        outcome = caller.run(code, reads=True)
        assert outcome.session is not None
        assert outcome.session["reads"] == {"history": 1, "absent": 0}
        outcome = caller.run("pass", reads=True)
        assert outcome.session == {"id": "s_1", "changes": [], "reads": {}}
        assert caller.run("session['history']").session is None


class TestChanges:
    """What a RESULT tells, and what it does not."""

    def test_a_call_that_changes_nothing_must_tell_of_no_changes(self, caller: Caller) -> None:
        outcome = caller.run("result = [session['history'], session['picture'] != b'', session['profile']]")
        assert outcome.session is None

    def test_a_call_that_has_nothing_to_tell_must_send_no_context(self, caller: Caller) -> None:
        outcome = caller.run("result = len(session)")
        assert outcome.frame.flags & CONTEXT == 0
        assert not outcome.frame.attachments

    def test_a_change_inside_of_a_list_or_object_must_be_stored(self, caller: Caller) -> None:
        outcome = caller.run("session['history'][1]['deep'].append(2); session['profile']['name'] = 'Bea'")
        assert outcome.changes == [["history", 1, "put"], ["profile", 1, "put"]]
        assert store_of(caller).value("history") == ["a", {"deep": [1, 2]}]
        assert store_of(caller).value("profile") == {"name": "Bea"}

    @pytest.mark.parametrize(
        "text",
        [b'{ "b" : [1.50, 1e3 ,"\\u00fc"],\n"a":-0.0}', b"[ ]", b"[123456789012345678901234567890, 1E0]"],
    )
    def test_json_that_java_wrote_in_other_words_must_be_no_change(self, caller: Caller, text: bytes) -> None:
        store_of(caller).entries["java"] = Stored(7, JSON, text)
        assert caller.run("session['java']").session is None
        code = "v = session['java']; v.append(1) if type(v) is list else v.update(c=1)"
        assert caller.run(code).changes == [["java", 7, "put"]]

    def test_an_assignment_must_be_stored_unless_it_is_what_is_there(self, caller: Caller) -> None:
        code = "session['new'] = {'a': 1.5}; session['count'] = 5; session['picture'] = b'\\x89PNG'"
        assert caller.run(code).changes == [["new", 0, "put"]]
        assert store_of(caller).value("new") == {"a": 1.5}
        assert caller.asked == []

    def test_delete_and_set_must_become_one_change_each(self, caller: Caller) -> None:
        code = (
            "del session['history']; session['history'] = [9]\n"
            "session['count'] = 1; del session['count']\n"
            "session['brief'] = 1; del session['brief']\n"
            "result = [session['history'], 'count' in session, len(session), session.pop('profile')['name']]"
        )
        outcome = caller.run(code)
        assert outcome.value == [[9], False, 3, "Ada"]
        assert outcome.changes == [["count", 1, "remove"], ["history", 1, "put"], ["profile", 1, "remove"]]
        assert sorted(store_of(caller).entries) == ["history", "picture"]

    def test_clear_must_remove_all_without_reading(self, caller: Caller) -> None:
        assert len(caller.run("session.clear(); result = len(session)").changes) == 4
        assert caller.asked == []
        assert store_of(caller).entries == {}

    def test_setdefault_must_track_the_default(self, caller: Caller) -> None:
        caller.run("session.setdefault('log', []).append(1)")
        caller.run("session.setdefault('log', []).append(2)")
        assert store_of(caller).value("log") == [1, 2]

    def test_increments_must_add_up_and_name_no_version(self, caller: Caller) -> None:
        code = (
            "a = session.increment('count'); session.increment('count', by=2)\n"
            "session.increment('hits', -4)\n"
            "result = [a, session['count'], session['hits']]"
        )
        outcome = caller.run(code)
        assert outcome.value == [None, 8, -4]
        assert outcome.changes == [["count", -1, "increment", 3], ["hits", -1, "increment", -4]]
        assert caller.run("result = session['hits']").value == -4

    def test_an_increment_of_what_is_no_counter_must_be_refused(self, caller: Caller) -> None:
        for code in ("session['history']; session.increment('history')", "session.increment('x', 1.5)"):
            assert caller.fail(code)["type"] == "TypeError"
        code = "session['n'] = 1; session.increment('n'); session['count'] = 0; session.increment('count')"
        assert caller.run(code).changes == [["count", 1, "put"], ["n", 0, "put"]]

    def test_bytes_must_be_stored_as_they_are_and_with_their_type(self, caller: Caller) -> None:
        code = (
            "b = bytearray(b'ab'); m = memoryview(b); session['view'] = m; b[0] = 120\n"
            "session['array'] = bytearray(b'c'); session['array'] += b'd'\n"
            "session.set('icon', b'<svg/>', media_type='image/svg+xml')\n"
            "session.set('note', 'ü', media_type='text/plain')\n"
            "session.set('parsed', b'[1]', media_type='application/json')\n"
            "result = session['parsed']"
        )
        assert caller.run(code).value == [1]
        entries = store_of(caller).entries
        assert {name: (entries[name].media_type, entries[name].content) for name in ("view", "array")} == {
            "view": ("application/octet-stream", b"ab"),
            "array": ("application/octet-stream", b"cd"),
        }
        assert (entries["icon"].media_type, entries["note"].content) == ("image/svg+xml", "ü".encode())
        assert entries["parsed"].media_type == JSON

    def test_an_array_that_changes_after_its_call_must_not_reach_the_cache(self, caller: Caller) -> None:
        caller.run("kept['array'] = session['array'] = bytearray(b'ab')")
        assert caller.run("kept['array'][0] = 120; result = session['array'].decode()").value == "ab"
        assert caller.asked == []

    @pytest.mark.parametrize(
        ("code", "type_name", "words"),
        [
            ("session['x'] = {'a': [b'1']}", "TypeError", "session['x']['a'][0]: JSON can not hold bytes"),
            ("session['x'] = [object()]", "serpentry.UnserializableResult", "session['x'][0]"),
            ("session['x'] = float('nan')", "serpentry.UnserializableResult", "session['x']: nan"),
            ("session.set('x', b'{', media_type='application/json')", "ValueError", "session['x']"),
            ("session.set('x', 5, media_type='image/png')", "TypeError", "must be bytes"),
            ("session[''] = 1", "ValueError", "1 to 255 characters"),
            ("session['x' * 256] = 1", "ValueError", "1 to 255 characters"),
            ("session.increment(7)", "ValueError", "1 to 255 characters"),
            ("del session['x']", "KeyError", "x"),
            ("session.info('x')", "KeyError", "x"),
        ],
    )
    def test_what_can_not_be_an_entry_must_be_refused_where_it_is_written(
        self, caller: Caller, code: str, type_name: str, words: str
    ) -> None:
        error = caller.fail(code)
        assert (error["code"], error["type"]) == ("PYTHON_RAISED", type_name)
        assert words in error["message"]

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("session['history'].append(object())", "session['history'][2]: a object has no JSON form"),
            ("session['history'].append(b'1')", "session['history'][2]: JSON can not hold bytes"),
        ],
    )
    def test_a_value_that_became_unfit_must_fail_the_call_at_its_end(
        self, caller: Caller, code: str, words: str
    ) -> None:
        error = caller.fail("session['new'] = 1; " + code)
        assert error["type"] == "serpentry.UnserializableResult"
        assert words in error["message"]
        assert "new" not in store_of(caller).entries

    def test_a_call_that_fails_must_send_nothing_and_leave_nothing(self, caller: Caller) -> None:
        error = caller.fail("session['history'].append(1); session['new'] = 1; raise ValueError('no')")
        assert error["type"] == "ValueError"
        assert caller.run("result = ['new' in session, session['history'][0:1]]").value == [False, ["a"]]

    def test_a_result_and_changes_must_share_the_attachments(self, caller: Caller) -> None:
        outcome = caller.run("session['x'] = b'entry'; result = [b'result']")
        assert bytes(outcome.contents[0]) == b"entry"
        assert outcome.value == [{"$attachment": 0}]
        assert bytes(outcome.frame.attachments[2]) == b"result"

    def test_changes_over_the_limit_must_fail_the_call_and_leave_the_channel_in_step(
        self, pools: Pools
    ) -> None:
        caller = Caller(pools(modules=["sessions"], maxMessageSize=100_000).worker(), Store())
        error = caller.fail("session['x'] = b'x' * 200_000")
        assert error["code"] == "MESSAGE_TOO_LARGE"
        assert "session's changes" in error["message"]
        assert caller.run("session['x'] = b'x'").changes == [["x", 0, "put"]]


class TestTyped:
    """``get_as``."""

    def test_a_class_must_be_read_made_and_tracked(self, caller: Caller) -> None:
        code = (
            "chat = session.get_as(ChatHistory, default=ChatHistory)\n"
            "chat.turns.append(Turn('hi', Decimal('0.10')))\n"
            "result = [session['chat_history'] is chat, session.get_as(ChatHistory) is chat]"
        )
        assert caller.run(code).value == [True, True]
        stored = store_of(caller).entries["chat_history"].content
        assert stored == b'{"turns":[{"text":"hi","cost":0.10}]}'
        assert caller.run("session.get_as(ChatHistory)").session is None
        caller.run("session.get_as(ChatHistory).turns[0].text = 'ho'")
        assert store_of(caller).value("chat_history")["turns"][0]["text"] == "ho"

    def test_defaults_that_the_json_lacks_must_be_no_change(self, caller: Caller) -> None:
        store_of(caller).entries["chat_history"] = Stored(2, JSON, b'{ "turns": [ {"text": "a"} ] }')
        assert caller.run("result = session.get_as(ChatHistory).turns[0].cost").session is None

    def test_changes_made_before_must_be_in_the_typed_value(self, caller: Caller) -> None:
        code = (
            "session['log'] = [{'text': 'a'}]; session['log'].append({'text': 'b'})\n"
            "turns = session.get_as(list[Turn], 'log'); turns.append(Turn('c'))\n"
            "result = [t.text for t in turns]"
        )
        assert caller.run(code).value == ["a", "b", "c"]
        assert [turn["text"] for turn in store_of(caller).value("log")] == ["a", "b", "c"]

    def test_scalars_bytes_and_defaults_must_pass(self, caller: Caller) -> None:
        code = (
            "session.increment('count')\n"
            "result = [session.get_as(int, 'count'), session.get_as(bytes, 'picture') == b'\\x89PNG',"
            " session.get_as(dict, 'none', default=3), session.get_as(dict[str, str], 'profile')]"
        )
        outcome = caller.run(code)
        assert outcome.value == [6, True, 3, {"name": "Ada"}]
        assert outcome.changes == [["count", -1, "increment", 1]]

    @pytest.mark.parametrize(
        ("code", "type_name", "words"),
        [
            ("session.get_as(ChatHistory)", "KeyError", "chat_history"),
            ("session.get_as(list[Turn])", "TypeError", "needs the entry's name"),
            ("session.get_as(list[Turn], 'history')", "serpentry.SerpentryError", "session['history'][0]"),
            ("session.get_as(complex, 'count')", "serpentry.RegistrationError", "complex"),
        ],
    )
    def test_what_does_not_fit_must_be_said(
        self, caller: Caller, code: str, type_name: str, words: str
    ) -> None:
        error = caller.fail(code)
        assert error["type"] == type_name
        assert words in error["message"]


class TestSaveAndRefresh:
    """Host calls that store or forget in the middle of a call."""

    def test_save_must_store_now_and_the_result_hold_what_came_after(self, caller: Caller) -> None:
        code = (
            "h = session['history']; h.append('b'); session['new'] = [1]; session.increment('count')\n"
            "session.save()\n"
            "result = [session.info('history').version, session['count'], session.revision]\n"
            "h.append('c')"
        )
        outcome = caller.run(code)
        assert outcome.value == [2, 6, 4]
        saved = [question["session"] for question in caller.asked if question["operation"] == "save"]
        assert sorted(change[0] for change in saved[0]["changes"]) == ["count", "history", "new"]
        assert outcome.changes == [["history", 2, "put"]]
        assert store_of(caller).value("history") == ["a", {"deep": [1]}, "b", "c"]

    def test_what_was_saved_must_stay_when_the_call_fails(self, caller: Caller) -> None:
        caller.fail("session['new'] = 1; session.save(); session['late'] = 1; raise ValueError")
        assert store_of(caller).value("new") == 1
        assert "late" not in store_of(caller).entries

    def test_a_save_that_conflicts_must_leave_the_changes_to_the_function(self, caller: Caller) -> None:
        answers = [b'{"code":"SESSION_CONFLICT","message":"history is at 2","retryable":true}']
        original = caller.answer

        def answer(frame: Any) -> Any:
            if answers and frame_json(frame)["operation"] == "save":
                frame.type, frame.body = FrameType.ERROR, answers.pop()
                frame.attachments = ()
                return frame
            return original(frame)

        caller.answer = answer  # type: ignore[method-assign]
        code = (
            "session['new'] = 1\n"
            "try: session.save()\n"
            "except serpentry.HostError as e: result = [e.code, e.retryable, session['new']]"
        )
        outcome = caller.run(code)
        assert outcome.value == ["SESSION_CONFLICT", True, 1]
        assert outcome.changes == [["new", 0, "put"]]

    def test_what_another_call_stored_must_not_be_undone_after_a_save(self, caller: Caller) -> None:
        store = store_of(caller)
        original = store.apply

        def apply(fields: dict[str, Any], contents: Any) -> None:
            original(fields, contents)
            store.entries["history"] = Stored(2, JSON, b'["theirs"]')
            store.apply = original  # type: ignore[method-assign]

        store.apply = apply  # type: ignore[method-assign]
        code = "h = session['history']; session['x'] = 1; session.save(); h.append('mine')"
        request = caller.begin("s.run", {"code": code})
        with pytest.raises(AssertionError, match="history is at 2, the change is based on 1"):
            caller.finish(request)

    @pytest.mark.parametrize(("more", "changes"), [("", []), ("; x.append(2)", [["x", 1, "put"]])])
    def test_what_was_saved_must_not_be_sent_again_though_another_call_was_next(
        self, caller: Caller, more: str, changes: list[Any]
    ) -> None:
        store = store_of(caller)

        def apply(fields: dict[str, Any], contents: Any) -> None:
            store.entries["x"] = Stored(2, JSON, b'["theirs"]')
            store.apply = lambda *_: None  # type: ignore[method-assign]

        store.apply = apply  # type: ignore[method-assign]
        outcome = caller.run("x = session['x'] = [1]; session.save(); result = session['x']" + more)
        assert outcome.value == ([1, 2] if more else [1])
        assert outcome.changes == changes

    def test_refresh_must_drop_what_was_changed_and_read(self, caller: Caller) -> None:
        store = store_of(caller)
        code = (
            "h = session['history']; h.append('lost'); session['lost'] = 1; host.call('meanwhile')\n"
            "session.refresh()\n"
            "result = [session['history'], 'lost' in session, session.revision]; h.append('never seen')"
        )

        def meanwhile(frame: Any, _: Any) -> Any:
            store.entries["history"] = Stored(2, JSON, b'["theirs"]')
            store.revision = 9
            return frame_of(frame)

        caller.methods["meanwhile"] = meanwhile
        outcome = caller.run(code)
        assert outcome.value == [["theirs"], False, 9]
        assert outcome.session is None

    def test_reads_must_follow_an_own_save(self, caller: Caller) -> None:
        code = "session['history'].append(1); session['profile']; session.save()"
        outcome = caller.run(code, reads=True)
        assert outcome.session is not None
        assert outcome.session["reads"] == {"history": 2, "profile": 1}
        assert caller.asked[-1]["session"]["reads"] == {"history": 1, "profile": 1}
        code = (
            "session['count']; session.increment('count'); session['profile']; del session['profile']\n"
            "session.save()"
        )
        outcome = caller.run(code, reads=True)
        assert outcome.session is not None
        assert outcome.session["reads"] == {"count": 2, "profile": 0}


def frame_of(question: Any) -> Any:
    question.type, question.body, question.flags = FrameType.HOST_RESULT, b"null", 0
    return question


class TestBounds:
    """A session belongs to one call and its thread."""

    def test_a_session_must_be_of_no_use_after_its_call(self, caller: Caller) -> None:
        caller.run("kept['session'] = session; session['history']")
        for code in ("kept['session']['history']", "len(kept['session'])", "kept['session']['x'] = 1"):
            error = caller.fail(code)
            assert error["type"] == "serpentry.SerpentryError"
            assert "outside of its call" in error["message"]

    def test_a_session_must_be_of_no_use_in_another_thread(self, caller: Caller) -> None:
        code = (
            "uses = [lambda: len(session), lambda: session['count'], lambda: session.set('x', 1)]\n"
            "result = [elsewhere(use) for use in [*uses, session.save, current_session]]"
        )
        for text in caller.run(code, inline=["count"]).value:
            assert text.startswith("SerpentryError: ")
            assert "'elsewhere'" in text

    def test_sessions_of_two_threads_must_not_mix(self, pools: Pools) -> None:
        pool = pools(modules=["sessions"], threadsPerWorker=2)
        path = pool.started()["socket"]
        callers = {}
        for name in ("one", "two"):
            callers[name] = Caller(pool.connect(path).greet(), Store(f"s_{name}", who=f"I am {name}"))
        callers["two"].worker.next_request()
        begun = {name: caller.begin("s.meet", {"name": name}) for name, caller in callers.items()}
        for name, caller in callers.items():
            outcome = caller.finish(begun[name])
            assert outcome.value == [f"s_{name}", name, True, f"I am {name}"]
            assert outcome.changes == [["name", 0, "put"]]
            assert store_of(caller).value("name") == name

    @pytest.mark.parametrize(
        "fields",
        [
            {"session": 5},
            {"session": {"id": "s_1"}},
            {"session": {"id": "s_1", "entries": [["a", 1]]}},
            {"session": {"id": "s_1", "entries": [["a", 1, JSON, 2, "00", 0]]}},
        ],
    )
    def test_a_context_that_is_none_must_be_refused(self, caller: Caller, fields: dict[str, Any]) -> None:
        store = store_of(caller)
        store.described = lambda inline=(): (fields["session"], [])  # type: ignore[method-assign]
        outcome = caller.call("s.run", {"code": ""})
        assert outcome.value["code"] == "INVALID_ARGUMENT"
        del store.described
        caller.run("pass")

    def test_64_mib_must_pass_both_ways(self, pools: Pools) -> None:
        pool = pools(modules=["sessions"], maxMessageSize=160 << 20)
        large = b"\x5a" * (64 << 20)
        caller = Caller(pool.worker(), Store(large=large))
        outcome = caller.run("session['copy'] = session['large'] + b'!'; result = len(session['large'])")
        assert outcome.value == 64 << 20
        assert store_of(caller).entries["copy"].content == large + b"!"
