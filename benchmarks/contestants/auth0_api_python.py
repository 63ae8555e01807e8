"""auth0-api-python in a FastAPI route: https://github.com/auth0/auth0-api-python (README). Async, with its own cache of keys."""

from typing import Annotated

from auth0_api_python import ApiClient, ApiClientOptions
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from benchmarks.contestants import measuring

api_client = ApiClient(ApiClientOptions(domain=measuring.ISSUER.removeprefix("https://").rstrip("/"), audience=measuring.AUDIENCE))
bearer = HTTPBearer()
app = FastAPI()


async def claims(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> dict[str, object]:
    """The verified claims."""
    try:
        return dict(await api_client.verify_access_token(credentials.credentials))
    except Exception as error:
        raise HTTPException(401) from error


@app.get("/open")
async def open_route() -> dict[str, str]:
    """Unprotected."""
    return {}


@app.get("/protected")
async def protected(verified: Annotated[dict[str, object], Depends(claims)]) -> dict[str, str]:
    """Protected, and the scope looked at by hand: the package has none."""
    if "read" not in str(verified.get("scope", "")).split():
        raise HTTPException(403)
    return {}


if __name__ == "__main__":
    measuring.run(measuring.asgi(app))
