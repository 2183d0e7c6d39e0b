"""No request reads a byte of another project. Every route and every GraphQL field is walked with own, foreign and no rights; the rows
are in tenant_matrix.json, and a route, a question or an argument that has none there fails."""
import http.client
import itertools
import json
import re
import urllib.parse

import pytest
from gamemetrics_server import ROOT, request
from tenant_worlds import FROM, OTHER, TO, WORDS, Worlds, other_word
from web_socket import WebSocket

MATRIX = json.loads((ROOT / "test/integration/tenant_matrix.json").read_text())
OPERATIONS = [(method.upper(), path) for path, operations in json.loads((ROOT / "schemas/openapi.json").read_text())["paths"].items()
              for method in operations if method in ("get", "post", "put", "patch", "delete")]
# What differs between two servers though nobody else is on them: moments, and numbers that count the server's rows.
VOLATILE = {"received_at", "receivedAt", "as_of", "asOf", "created_at", "createdAt", "project", "offset", "next", "cursor", "startCursor", "endCursor", "id",
            "first_seen_at", "last_seen_at", "firstSeenAt", "lastSeenAt", "minutes", "players_5_min", "players5Min", "trace_id"}
CELLS_MAX = 2  # opened to the players behind them, of one answer


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    made = Worlds(tmp_path_factory.mktemp("worlds"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Reader:
    """One connection for the requests of all: what a connection remembers of a key must not last."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, method, path, key, query=None, body=None):
        """(status, head and body as they came)"""
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, target, data, {**headers, **({"Content-Type": "application/json"} if data is not None else {})})
        answer = self.connection.getresponse()
        return answer.status, str(answer.headers).encode(), answer.read()


def expand(value, names):
    """All values that `value` stands for: one for each choice, words filled in."""
    if isinstance(value, str):
        return [re.sub(r"\{([a-z:]+)\}", lambda word: str(names[word.group(1)]), value)]
    if isinstance(value, dict) and "$each" in value:
        each = names["metrics"] if value["$each"] == "metrics" else value["$each"]
        return [one for choice in each for one in expand(choice, names)]
    if isinstance(value, dict):
        return [dict(zip(value, chosen)) for chosen in itertools.product(*(expand(one, names) for one in value.values()))]
    if isinstance(value, list):
        return [list(chosen) for chosen in itertools.product(*(expand(one, names) for one in value))]
    return [value]


def names_cursors(value):
    return re.search(r"\{(own|foreign):", json.dumps(value)) is not None


def masked(value):
    if isinstance(value, dict):
        return {name: None if name in VOLATILE else masked(one) for name, one in value.items()}
    return [masked(one) for one in value] if isinstance(value, list) else value


def comparable(answer):
    try:
        return masked(json.loads(answer))
    except ValueError:
        return answer


def texts_of(value):
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_of(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    return [value] if isinstance(value, str) else []


def assert_no_trace(game, answer, asked):
    """The answer holds the other game's word nowhere but where it repeats what it was asked."""
    status, head, body = answer
    text = (head + body).decode(errors="replace")
    for said in sorted(texts_of(asked), key=len, reverse=True):
        text = text.replace(said, "").replace(json.dumps(said)[1:-1], "")
    assert other_word(game) not in text, (game, asked, status, text[:2000])


class Walk:
    """The requests of one game, each asked where both games are and where it is alone."""

    def __init__(self, worlds, game):
        self.worlds, self.game, self.count = worlds, game, 0
        self.readers = {server: Reader(server) for server in (worlds.shared, worlds.alone[game])}
        self.names = {"own": WORDS[game], "foreign": other_word(game), "from": FROM, "to": TO}
        self.names["metrics"] = [one["name"] for one in json.loads(self.once(worlds.shared, game, "GET", "/api/v1/metrics")[2])["metrics"]]
        for whose, name in ((game, "own"), (OTHER[game], "foreign")):
            self.names.update({f"{name}:{what}": cursor for what, cursor in self.cursors(whose).items()})

    def once(self, server, game, method, path, query=None, body=None):
        return self.readers[server].ask(method, path, self.worlds.key[game, server], query, body)

    def cursors(self, game):
        def of(method, path, query=None, body=None):
            return json.loads(self.once(self.worlds.shared, game, method, path, query, body)[2])["next"]
        question = {"kind": "segment", "query": {"from": FROM, "to": TO}, "cell": {}, "limit": 1}
        return {"rejected": of("GET", "/api/v1/rejected", {"limit": 1}), "moment": of("GET", "/api/v1/players/ada/events", {"limit": 1}),
                "player": of("POST", "/api/v1/query/players", None, question)}

    def ask(self, method, path, query=None, body=None, compare=True):
        """The answer to this game where both are; the same as where it is alone, and never a word of the other."""
        self.count += 1
        query = {name: value for name, value in (query or {}).items() if value is not None}
        asked = [path.split("/"), urllib.parse.unquote(path).split("/"), query, body]
        # The other game asks the same on the same connection just before: nothing of its answer may be left.
        self.once(self.worlds.shared, OTHER[self.game], method, path, query, body)
        answer = self.once(self.worlds.shared, self.game, method, path, query, body)
        assert answer[0] < 500, (asked, answer)
        assert_no_trace(self.game, answer, asked)
        if compare:
            alone = self.once(self.worlds.alone[self.game], self.game, method, path, query, body)
            assert (answer[0], comparable(answer[2])) == (alone[0], comparable(alone[2])), asked
        return answer


@pytest.fixture(scope="module", params=sorted(WORDS))
def walk(worlds, request):
    return Walk(worlds, request.param)


def test_every_route_has_a_row():
    assert {f"{method} {path}" for method, path in OPERATIONS} == set(MATRIX["rest"])


def test_every_kind_of_question_has_a_row(walk):
    detail = json.loads(walk.once(walk.worlds.shared, walk.game, "POST", "/api/v1/query/no-such-kind", None, {})[2])["detail"]
    assert set(detail.split("there are: ")[1].split(", ")) == {"players", *MATRIX["questions"]}


def questions(walk):
    """(kind, question, whether it is the first of its kind, of its template)"""
    for kind, templates in MATRIX["questions"].items():
        for template in templates:
            for number, body in enumerate(expand({"from": FROM, "to": TO, **template}, walk.names)):
                yield kind, body, template is templates[0] and number == 0, number == 0


def cells_of(table):
    coordinates = [column["name"] for column in table.get("columns", []) if column["coordinate"]]
    return [{name: row[name] for name in coordinates if row.get(name) is not None} for row in table.get("rows", [])[:CELLS_MAX]]


def behind(walk, kind, question, answer, every_page):
    """The players of some cells, those of the other game's answer to the same question among them."""
    foreign = json.loads(walk.once(walk.worlds.shared, OTHER[walk.game], "POST", f"/api/v1/query/{kind}", None, question)[2])
    for number, cell in enumerate([{}, *cells_of(answer), *cells_of(foreign)]):
        choices = MATRIX["behind"] if every_page and number == 0 else {"limit": 500}
        for page in expand(choices, walk.names):
            page = {name: int(value) if isinstance(value, str) else value for name, value in page.items()}
            body = {"kind": kind, "query": question, "cell": cell, **page}
            walk.ask("POST", "/api/v1/query/players", None, body, compare=page.get("after") is None)


def test_questions_and_the_players_behind_them(walk):
    formats = MATRIX["rest"]["POST /api/v1/query/{kind}"]["query"]["format"]["$each"]
    for kind, question, first_of_kind, first_of_template in questions(walk):
        path = f"/api/v1/query/{kind}"
        answers = [walk.ask("POST", path, {"format": form}, question) for form in (formats if first_of_template else formats[:1])]
        assert answers[0][0] == 200, (kind, question, answers[0])
        if first_of_template:
            behind(walk, kind, question, json.loads(answers[0][2]), first_of_kind)
        for condition in expand(MATRIX["filters"], walk.names)[0] if first_of_kind else []:
            answer = walk.ask("POST", path, None, {**question, "filter": condition})
            # Questions about players take no condition on an event.
            assert answer[0] == 200 or b"gm-query-invalid" in answer[2], (kind, question, condition, answer)
    print(f"\n{walk.game}: {walk.count} questions")


def test_every_route_that_reads(walk):
    for row, options in MATRIX["rest"].items():
        method, path = row.split(" ")
        if {"goes_on", "sends", "questions", "people"} & set(options):  # people: test_rights_matrix.py
            continue
        for parts in itertools.product(*(expand(options.get(part, {}), walk.names) for part in ("path", "query", "body"))):
            target = re.sub(r"\{(\w+)\}", lambda name: urllib.parse.quote(parts[0][name.group(1)], safe=""), path)
            compare = not options.get("whole_server") and not names_cursors(options.get("query", {}))
            answer = walk.ask(method, target, parts[1], parts[2] or None, compare=compare)
            assert answer[0] in options.get("status", (200, 404)), (target, answer)
            if options.get("open"):
                assert walk.game and WORDS[walk.game].encode() not in answer[2]


def test_the_games_are_told_different_numbers(walk):
    """What the comparisons above would not see: that both games are told the same."""
    for path, query in (("/api/v1/metrics/events", {"from": FROM, "to": TO}), ("/api/v1/players", {"limit": 500}), ("/api/v1/rejected", {"limit": 500})):
        mine, others = (comparable(walk.once(walk.worlds.shared, game, "GET", path, query)[2]) for game in (walk.game, OTHER[walk.game]))
        assert mine != others and WORDS[walk.game] in json.dumps(mine) + ("" if "players" in path or "rejected" in path else WORDS[walk.game])


@pytest.mark.parametrize("path, query", [("/api/v1/players/{}-player/events", {}), ("/api/v1/players", {"search": "{}"})])
def test_a_foreign_player_is_as_unknown_as_one_that_never_was(walk, path, query):
    word = other_word(walk.game)
    answers = []
    for name in (word, "nobody-at-all"):
        filled = {key: value.format(name) for key, value in query.items()}
        status, _, body = walk.once(walk.worlds.shared, walk.game, "GET", path.format(name), filled)
        told = json.loads(body.replace(name.encode(), b""))
        told.pop("trace_id", None)
        answers.append((status, told))
    assert answers[0] == answers[1]


# --- keys ---

def test_only_a_project_key_reads_and_a_refusal_says_nothing(worlds):
    reader = Reader(worlds.shared)
    question = {"from": FROM, "to": TO}
    for method, path in [*OPERATIONS, ("GET", "/graphql"), ("POST", "/graphql")]:
        options = MATRIX["rest"].get(f"{method} {path}", {})
        if options.get("open") or options.get("sends") or options.get("people"):
            continue
        target = path.replace("{id}", "ada").replace("{kind}", "trend").replace("{name}", "dau")
        for what, key in worlds.forbidden.items():
            answer = reader.ask(method, target, key, question if method == "GET" else None, question if method == "POST" else None)
            expected = 403 if what in ("write", "server") else 401
            assert answer[0] == expected, (method, target, what, answer)
            for word in WORDS.values():
                assert word.encode() not in answer[1] + answer[2]


# --- GraphQL ---

INTROSPECTION = """{ __schema { queryType { name } mutationType { name } subscriptionType { name }
  types { name kind fields(includeDeprecated: true) { name args { name type { ...T } } type { ...T } } } } }
  fragment T on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }"""


def innermost(kind):
    while kind.get("ofType"):
        kind = kind["ofType"]
    return kind["name"]


def literal(value):
    if isinstance(value, str):
        return json.dumps(value)
    return json.dumps(value) if not isinstance(value, dict) else "{" + ", ".join(f"{name}: {literal(one)}" for name, one in value.items()) + "}"


def asked_by_graphql(walk, field):
    """What `question` and `playersBehind` are asked: the questions that REST is asked."""
    for kind, question, first_of_kind, first_of_template in questions(walk):
        given = {"kind": kind, "query": question}
        if field == "question" and first_of_template:
            yield given
        if field == "playersBehind" and first_of_kind:
            for page in expand(MATRIX["behind"], walk.names):
                yield {**given, "cell": {}, "first": min(page["limit"], 100), "after": None if page["after"] is None else str(page["after"])}


class Graph:
    def __init__(self, walk):
        answer = walk.once(walk.worlds.shared, walk.game, "POST", "/graphql", None, {"query": INTROSPECTION})
        self.schema = json.loads(answer[2])["data"]["__schema"]
        self.types = {one["name"]: {field["name"]: field for field in one["fields"] or []} for one in self.schema["types"]}

    def arguments(self, owner, field):
        """The choices of a field's arguments; its row must name all of them."""
        if not field["args"]:
            return [{}]
        row = MATRIX["graphql"].get(f"{owner}.{field['name']}")
        assert row is not None and set(row) == {one["name"] for one in field["args"]}, f"tenant_matrix.json: {owner}.{field['name']}"
        return row

    def selection(self, walk, owner, path=()):
        """Everything below a type, each type once on the way down."""
        parts = []
        for name, field in self.types[owner].items():
            inner = innermost(field["type"])
            if inner in path:
                continue
            given = expand(self.arguments(owner, field), walk.names)[-1] if field["args"] else {}
            text = name + self.argument_text(given)
            parts.append(text + (f" {{ {self.selection(walk, inner, (*path, inner))} }}" if self.types.get(inner) else ""))
        return " ".join(parts)

    @staticmethod
    def argument_text(given):
        given = {name: value for name, value in given.items() if value is not None}
        return "(" + ", ".join(f"{name}: {literal(value)}" for name, value in given.items()) + ")" if given else ""

    @staticmethod
    def by_variables(field, given, below):
        """An operation whose variables are the field's arguments."""
        def written(kind):
            wrapped = {"NON_NULL": "{}!", "LIST": "[{}]"}.get(kind["kind"])
            return wrapped.format(written(kind["ofType"])) if wrapped else kind["name"]
        names = [one["name"] for one in field["args"]]
        variables = ", ".join(f"${one['name']}: {written(one['type'])}" for one in field["args"])
        arguments = ", ".join(f"{name}: ${name}" for name in names)
        return {"query": f"query ({variables}) {{ {field['name']}({arguments}){below} }}", "variables": given}


def test_every_graphql_field(walk):
    graph, root = Graph(walk), "Query"
    web_socket = WebSocket(walk.worlds.shared.port).greet(walk.worlds.key[walk.game, walk.worlds.shared])
    assert graph.schema["queryType"]["name"] == root
    assert graph.schema["mutationType"] is None, "a new root needs rows of its own"  # subscriptions: test_tenant_writes.py
    for name, field in graph.types[root].items():
        questioned = name in ("question", "playersBehind")
        row = MATRIX["behind"] if questioned else graph.arguments(root, field)
        inner = innermost(field["type"])
        below = f" {{ {graph.selection(walk, inner, (inner,))} }}" if graph.types.get(inner) else ""
        choices = list(asked_by_graphql(walk, name)) if questioned else expand(row, walk.names) if field["args"] else [{}]
        assert choices
        for given in choices:
            body = graph.by_variables(field, given, below) if questioned else {"query": f"{{ {name}{graph.argument_text(given)}{below} }}"}
            compare = f"{root}.{name}" not in MATRIX["graphql_whole_server"] and not (names_cursors(row) and given.get("after"))
            answer = walk.ask("POST", "/graphql", None, body, compare=compare)
            assert answer[0] == 200 and "errors" not in json.loads(answer[2]), (body, answer)
            said = ask_over(web_socket, body)
            assert_no_trace(walk.game, (200, b"", json.dumps(said).encode()), body)
            if compare:
                assert masked(said["data"]) == masked(json.loads(answer[2])["data"]), body
    web_socket.close()


def ask_over(web_socket, body):
    web_socket.send({"id": "q", "type": "subscribe", "payload": body})
    said = web_socket.message()
    assert said["type"] == "next" and web_socket.message() == {"id": "q", "type": "complete"}, said
    return said["payload"]


def test_metrics_and_log_name_no_game(worlds):
    exposed = request("GET", worlds.shared.internal_url + "/metrics").body
    for printed in (exposed, worlds.shared.log_file.read_bytes()):
        assert printed and not any(word.encode() in printed for word in WORDS.values())
