"""The way of a document in, from request to receipt: the steps of `docs/flow.md`, in their order."""
