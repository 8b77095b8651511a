using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Services;

/// <summary>Verifies proofs as the real one does; grants what is in order.</summary>
internal sealed class FakeEnrollment(Func<FakeController> self) : Enrollment.EnrollmentBase
{
    public override Task<EnrollReply> Enroll(EnrollRequest request, ServerCallContext context)
    {
        FakeController controller = self();
        controller.Enrollments.Enqueue(request);
        if (controller.OnEnroll?.Invoke(request) is { } decided)
            return Task.FromResult(decided);
        return Task.FromResult(IsProven(controller, request)
            ? new EnrollReply { Enrolled = Grant(controller, request) }
            : new EnrollReply { Refused = new EnrollRefused { Fault = EnrollFault.Proof, Message = "no" } });
    }

    public static Enrolled Grant(FakeController controller, EnrollRequest request)
    {
        Guid service = Guid.NewGuid();
        return new Enrolled
        {
            ServiceId = service.ToString(),
            ControllerId = controller.Id.ToString(),
            Chain = { Der(controller.Issue(request.Csr.ToByteArray(), service)), Der(controller.Ca.Issuing.Certificate) },
            Bundle = { controller.Bundle.Certificates.Select(Der) },
        };
    }

    public static ByteString Der(X509Certificate2 certificate) => ByteString.CopyFrom(certificate.RawData);

    public static SpkiFingerprint KeyOf(EnrollRequest request) => KeyOf(request.Csr.ToByteArray());

    public static SpkiFingerprint KeyOf(byte[] csr) => SpkiFingerprint.OfSubjectPublicKeyInfo(
        CertificateRequest.LoadSigningRequest(csr, HashAlgorithmName.SHA256).PublicKey.ExportSubjectPublicKeyInfo());

    private static bool IsProven(FakeController controller, EnrollRequest request) =>
        controller.Token is { } token && request.Token is { } proof && EnrollmentProof.Verify(
            token.PublicKeyInfo,
            new ServiceProofInput(token.Id, SpkiFingerprint.Of(controller.Leaf), KeyOf(request), proof.Nonce.ToByteArray(), request.FriendlyName),
            proof.Signature.Span);
}
