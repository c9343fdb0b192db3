"""An example of a route is a `curl` command that calls it as it is described."""

from axis.web.curl_examples import curl_example


def test_an_example_calls_the_route_as_it_is():
    operation = {
        "parameters": [
            {"name": "code", "in": "path"},
            {"name": "from", "in": "query"},
            {"name": "kind", "in": "query", "required": True},
        ]
    }
    assert curl_example({}, "/a/{code}", "get", operation, authenticated=True).split(" \\\n  ") == [
        "curl -G",
        '-H "Authorization: Bearer $TOKEN"',
        '--data-urlencode "kind=$KIND"',
        '--data-urlencode "from=2019-06-01"',
        '"$AXIS/a/H24"',
    ]


def test_an_example_sends_the_body_that_is_described():
    form = {"multipart/form-data": {"schema": {"properties": {"manifest": {}}}}}
    json = {"application/json": {"schema": {"example": {"code": "03"}}}}
    assert "-F manifest=@manifest" in curl_example(
        {}, "/a", "post", {"requestBody": {"content": form}}, authenticated=False
    )
    assert """-d '{"code": "03"}'""" in curl_example(
        {}, "/a", "post", {"requestBody": {"content": json}}, authenticated=False
    )


def test_a_parameters_own_example_goes_before_the_usual_value():
    code = {"name": "code", "in": "path", "schema": {"examples": ["000.00.00.H24"]}}
    command = curl_example({}, "/a/{code}", "get", {"parameters": [code]}, authenticated=False)
    assert command.endswith('"$AXIS/a/000.00.00.H24"')
    assert "Authorization" not in command
