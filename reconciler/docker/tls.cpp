#include "docker/tls.h"

#include "docker/text_file.h"

#include <Poco/Exception.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLManager.h>

#include <fmt/core.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace mcpctl::docker
{

namespace
{

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// Never asks a terminal for a passphrase, as OpenSSL does by default.
int noPassphrase(char*, int, int, void*)
{
    return -1;
}

[[noreturn]] void fail(const Endpoint& endpoint, const std::string& problem)
{
    ERR_clear_error(); // or the next use of OpenSSL in this thread would find our error
    throw EndpointError(fmt::format("TLS to {} (from {}): {}", endpoint.text(), endpoint.origin, problem));
}

std::string readPem(const Endpoint& endpoint, const std::filesystem::path& path)
{
    auto text = readTextFile(path);
    if (!text)
        fail(endpoint, fmt::format("cannot read {}", path.string()));
    return *text;
}

Certificate readCertificate(const Endpoint& endpoint, const std::filesystem::path& path)
{
    const std::string pem = readPem(endpoint, path);
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    Certificate result(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr), X509_free);
    if (!result)
        fail(endpoint, fmt::format("{} holds no PEM certificate", path.string()));
    return result;
}

Key readKey(const Endpoint& endpoint, const std::filesystem::path& path)
{
    const std::string pem = readPem(endpoint, path);
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    Key result(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr), EVP_PKEY_free);
    if (!result)
        fail(endpoint, fmt::format("{} holds no PEM private key without a passphrase", path.string()));
    return result;
}

void checkPair(const Endpoint& endpoint, const TlsFiles& files)
{
    const Certificate certificate = readCertificate(endpoint, files.cert);
    const Key key = readKey(endpoint, files.key);
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        fail(endpoint,
             fmt::format("the key {} does not belong to the certificate {}", files.key.string(), files.cert.string()));
}

}

Poco::Net::Context::Ptr makeTlsContext(const Endpoint& endpoint)
{
    using Poco::Net::Context;

    const TlsFiles files = endpoint.tls.value_or(TlsFiles{});
    if (!files.ca.empty())
        readCertificate(endpoint, files.ca);
    if (!files.cert.empty() || !files.key.empty())
        checkPair(endpoint, files);

    static const bool initialized = (Poco::Net::initializeSSL(), true);
    static_cast<void>(initialized);
    Context::Params parameters;
    parameters.caLocation = files.ca.string();
    parameters.certificateFile = files.cert.string();
    parameters.privateKeyFile = files.key.string();
    parameters.verificationMode = endpoint.verify ? Context::VERIFY_STRICT : Context::VERIFY_NONE;
    parameters.loadDefaultCAs = files.ca.empty();
    parameters.cipherList = "HIGH:!aNULL:!MD5";
    try
    {
        Context::Ptr result = new Context(Context::TLS_CLIENT_USE, parameters);
        result->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        return result;
    }
    catch (const Poco::Exception& error)
    {
        fail(endpoint, error.displayText());
    }
}

}
