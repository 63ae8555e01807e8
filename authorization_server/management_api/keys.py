"""`keys`: the signing keys' public parts; rotation, and revocation in an emergency. No private part ever comes out."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authorization_server import changes, keys
from authorization_server.management_api import openapi
from authorization_server.management_api.endpoint import Endpoint, found
from authorization_server.management_api.fields import ChoiceField, StrictSerializer
from authorization_server.management_api.paging import PageQuerySerializer
from authorization_server.management_api.refusals import already_there
from authorization_server.models import KeyState, SigningKey
from authorization_server.models.signing_keys import Algorithm


class KeySerializer(StrictSerializer):
    """One signing key, without its private part."""

    kid = serializers.CharField(read_only=True)
    algorithm = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(
        choices=KeyState.values, read_only=True, help_text="next, current (it signs), previous (what it signed is good), revoked."
    )
    public_jwk = serializers.DictField(read_only=True, help_text="RFC 7517 section 4.")
    created_at = serializers.DateTimeField(read_only=True)
    state_changed_at = serializers.DateTimeField(read_only=True)


class RotationSerializer(StrictSerializer):
    """What the key that is made now signs with."""

    algorithm = ChoiceField(choices=Algorithm.values, required=False, help_text="Left out: as the key that signs at present.")


@openapi.described(get=openapi.listing("list_keys", "The signing keys", KeySerializer, PageQuerySerializer))
class KeyList(Endpoint):
    """`GET …/keys`."""

    required_scopes = {"GET": {"read:keys"}}
    parameters = PageQuerySerializer

    def get(self, request: Request) -> Response:
        """One page of all keys, the revoked ones too."""
        return self.page(SigningKey.objects.all(), KeySerializer)


@openapi.described(
    post=openapi.action("rotate_keys", "Sign with the next key", KeySerializer, body=RotationSerializer, refusals=(409,)),
)
class Rotation(Endpoint):
    """`POST …/keys/rotate`: the next key signs, the current one stays published, and there is a new next one."""

    required_scopes = {"POST": {"rotate:keys"}}

    def post(self, request: Request) -> Response:
        """The key that signs now."""
        signs_now = keys.rotate(self.body(RotationSerializer).get("algorithm"))
        changes.record_rotation(signs_now, **self.acting)
        return Response(KeySerializer(signs_now).data)


@openapi.described(
    post=openapi.action("revoke_key", "Revoke a signing key", KeySerializer, refusals=(404, 409)),
)
class Revocation(Endpoint):
    """`POST …/keys/<kid>/revoke`: it is published no more, and what it signed is refused; the next key takes a current one's place."""

    required_scopes = {"POST": {"revoke:keys"}}

    def post(self, request: Request, kid: str) -> Response:
        """The key as it is now."""
        self.no_body()
        before = found(SigningKey.objects.published(), kid=kid)
        try:
            revoked = keys.revoke(kid)
        except SigningKey.DoesNotExist as error:  # by somebody else, a moment ago
            raise already_there("This key is revoked already.") from error
        changes.record_revocation(before, **self.acting)
        return Response(KeySerializer(revoked).data)
