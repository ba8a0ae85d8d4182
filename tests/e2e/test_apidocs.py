"""The pages that show the OpenAPI document: everything from this host, and requests can be made."""

import json

from playwright.sync_api import expect


def test_swagger_shows_the_operations_and_executes_one_in_a_role(visit, site):
    site.create(surname="Swaggerson")
    visitor = visit()
    visitor.context.set_extra_http_headers({})  # the role comes from the page
    page = visitor.go("/docs")
    expect(page.get_by_text("List customers")).to_be_visible()

    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".dialog-ux")
    dialog.locator(".auth-container", has_text="X-Role").locator("input").fill("service_agent")
    dialog.locator(".auth-container", has_text="X-Role").get_by_role(
        "button", name="Apply credentials"
    ).click()
    dialog.get_by_role("button", name="Close").last.click()
    operation = page.locator("#operations-Registry-searchCustomers")
    operation.click()
    operation.locator("tr[data-param-name=q] input").fill("swaggerson")
    with page.expect_response("**/items/search/**") as answered:
        operation.get_by_role("button", name="Execute").click()

    assert answered.value.request.headers["x-role"] == "service_agent"
    assert answered.value.json()["results"][0]["surname"] == "Swaggerson"
    expect(operation.locator(".live-responses-table")).to_contain_text("Swaggerson")


def test_swagger_asks_for_the_role_first_and_fills_in_nothing_that_changes_the_answer(visit):
    page = visit().go("/docs")
    creating = page.locator("#operations-Registry-createCustomer")
    listing = page.locator("#operations-Entities-listEntities")

    creating.click()
    listing.click()

    expect(creating.locator("tr[data-param-name=Idempotency-Key] input")).to_have_value("")
    fields = listing.locator("tr[data-param-name] input")
    expect(fields).to_have_count(7)
    assert [field.input_value() for field in fields.all()] == [""] * 7
    page.get_by_role("button", name="Authorize").first.click()
    expect(page.locator(".dialog-ux .auth-container").first).to_contain_text("X-Role")


def test_redoc_shows_the_operations(agent):
    page = agent.go("/redoc/")

    expect(page.get_by_role("heading", name="Search customers")).to_be_visible()


def test_only_styles_of_redoc_may_be_inline(agent):
    root = f"http://127.0.0.1:{agent.site.port}"
    policies = {
        path: agent.page.goto(root + path).headers["content-security-policy"]
        for path in ("/docs/", "/redoc/")
    }

    assert "unsafe" not in policies["/docs/"]
    assert policies["/redoc/"].count("unsafe") == 1
    assert "style-src 'self' 'unsafe-inline'" in policies["/redoc/"]


def test_nothing_is_asked_of_other_hosts(agent):
    asked = []
    agent.page.on("request", lambda request: asked.append(request.url))

    for path in ("/docs/", "/redoc/"):
        agent.go(path)
        expect(agent.page.locator("#document")).to_contain_text("Search customers")
        agent.page.wait_for_load_state("networkidle")

    here = f"http://127.0.0.1:{agent.site.port}/"
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []


def test_the_document_comes_as_json_and_as_yaml(agent):
    root = f"http://127.0.0.1:{agent.site.port}"

    as_json = agent.page.request.get(f"{root}/schema", headers={"Accept": "*/*"})
    as_yaml = agent.page.request.get(f"{root}/schema/?format=yaml")

    assert json.loads(as_json.text())["openapi"] == "3.1.0"
    assert as_json.headers["content-type"] == "application/json"
    assert as_yaml.text().startswith("openapi: 3.1.0")
    assert as_yaml.headers["content-type"] == "application/yaml"
