"""FastAPI and PyJWT as FastAPI's tutorial puts them together (https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/), with RS256.

The key comes from PyJWT's PyJWKClient, which keeps it (https://pyjwt.readthedocs.io/en/stable/usage.html).
"""

from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

from benchmarks.contestants import measuring

keys = jwt.PyJWKClient(f"{measuring.ISSUER}.well-known/jwks.json")
bearer = OAuth2PasswordBearer(tokenUrl="token")
app = FastAPI()


async def claims(token: Annotated[str, Depends(bearer)]) -> dict[str, object]:
    """The verified claims."""
    try:
        key = keys.get_signing_key_from_jwt(token).key
        return dict(jwt.decode(token, key, algorithms=["RS256"], audience=measuring.AUDIENCE, issuer=measuring.ISSUER, leeway=5))
    except jwt.PyJWTError as error:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"}) from error


@app.get("/open")
async def open_route() -> dict[str, str]:
    """Unprotected."""
    return {}


@app.get("/protected")
async def protected(verified: Annotated[dict[str, object], Depends(claims)]) -> dict[str, str]:
    """Protected, and the scope looked at by hand."""
    if "read" not in str(verified.get("scope", "")).split():
        raise HTTPException(403)
    return {}


if __name__ == "__main__":
    measuring.run(measuring.asgi(app))
