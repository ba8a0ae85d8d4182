"""The registry's pages: parse, one service or query call, render. Every page works without
JavaScript; htmx asks the same views for a part."""
