using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Storage;

/// <summary>Seals the keys of cookies and forms before they go into the database: who has only that signs nobody in.</summary>
internal sealed class SealedXmlEncryptor(IKeySealer sealer) : IXmlEncryptor
{
    internal const string Context = "data-protection-key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        byte[] secret = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        byte[] hidden = sealer.Seal(secret, Context);
        CryptographicOperations.ZeroMemory(secret);
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(hidden)), typeof(SealedXmlDecryptor));
    }
}

/// <summary>Opens what <see cref="SealedXmlEncryptor"/> sealed. Made by its type's name, with the services at hand.</summary>
internal sealed class SealedXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        IKeySealer sealer = services.GetRequiredService<IKeySealer>();
        if (!sealer.TryUnseal(Convert.FromBase64String(encryptedElement.Value), SealedXmlEncryptor.Context, out byte[]? secret))
            throw new CryptographicException($"a key in the database was not sealed with {KeySealer.FileName} of this state folder");
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(secret));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

internal sealed class SealedXmlSetup(IKeySealer sealer) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) => options.XmlEncryptor = new SealedXmlEncryptor(sealer);
}
