#include "docker/tls.h"

#include "docker/own_stream_socket.h"
#include "docker/text_file.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureStreamSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <fmt/core.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

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

[[noreturn]] void fail(const std::string& problem)
{
    ERR_clear_error(); // or the next use of OpenSSL in this thread would find our error
    throw std::runtime_error(problem);
}

std::string readPem(const std::filesystem::path& path)
{
    auto text = readTextFile(path);
    if (!text)
        fail(fmt::format("cannot read {}", path.string()));
    return *text;
}

Certificate readCertificate(const std::filesystem::path& path)
{
    const std::string pem = readPem(path);
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    Certificate result(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr), X509_free);
    if (!result)
        fail(fmt::format("{} holds no PEM certificate", path.string()));
    return result;
}

Key readKey(const std::filesystem::path& path)
{
    const std::string pem = readPem(path);
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    Key result(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr), EVP_PKEY_free);
    if (!result)
        fail(fmt::format("{} holds no PEM private key without a passphrase", path.string()));
    return result;
}

void checkPair(const TlsFiles& files)
{
    const Certificate certificate = readCertificate(files.cert);
    const Key key = readKey(files.key);
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        fail(fmt::format("the key {} does not belong to the certificate {}", files.key.string(), files.cert.string()));
}

Poco::Net::Context::Ptr makeContext(const Endpoint& endpoint)
{
    using Poco::Net::Context;

    const TlsFiles files = endpoint.tls.value_or(TlsFiles{});
    if (!files.ca.empty())
        readCertificate(files.ca);
    if (!files.cert.empty() || !files.key.empty())
        checkPair(files);

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
        fail(error.displayText());
    }
}

/// TLS over a connected PlainSocket. OpenSSL reads and writes the descriptor itself, so the waits are guarded here.
class TlsSocket final : public Poco::Net::SecureStreamSocketImpl
{
public:
    TlsSocket(Poco::Net::StreamSocketImpl* plain, const Poco::Net::Context::Ptr& context,
              std::shared_ptr<SocketGuard> guard)
        : SecureStreamSocketImpl(plain, context), guard_(std::move(guard))
    {
    }

    void handshake(const std::string& host)
    {
        setPeerHostName(host);
        ERR_clear_error();
        connectSSL();
    }

    using SecureStreamSocketImpl::receiveBytes;
    using SecureStreamSocketImpl::sendBytes;

    int receiveBytes(void* buffer, int length, int flags) override
    {
        if (getBlocking() && available() == 0)
            guard_->awaitReadable(sockfd());
        // A record that has begun must end in time, too.
        setReceiveTimeout(asTimespan(guard_->timeLeft().value_or(std::chrono::milliseconds(0))));
        ERR_clear_error(); // or OpenSSL takes an old error of this thread for one of this connection
        const int count = SecureStreamSocketImpl::receiveBytes(buffer, length, flags);
        guard_->received(static_cast<const char*>(buffer), count);
        return count;
    }

    int sendBytes(const void* buffer, int length, int flags) override
    {
        setSendTimeout(asTimespan(guard_->timeLeft().value_or(std::chrono::milliseconds(0))));
        ERR_clear_error();
        const int count = SecureStreamSocketImpl::sendBytes(buffer, length, flags);
        guard_->sent(count);
        return count;
    }

protected:
    ~TlsSocket() override = default;

private:
    const std::shared_ptr<SocketGuard> guard_;
};

class PocoTls final : public Tls
{
public:
    explicit PocoTls(const Endpoint& endpoint) : context_(makeContext(endpoint)) {}

    Poco::Net::StreamSocket over(const Poco::Net::StreamSocket& plain, const std::string& host,
                                 const std::shared_ptr<SocketGuard>& guard) const override
    {
        auto* const secure = new TlsSocket(static_cast<Poco::Net::StreamSocketImpl*>(plain.impl()), context_, guard);
        OwnStreamSocket result(secure); // owns it from here on, whatever the handshake says
        secure->handshake(host);
        return result;
    }

    TlsFailure failureOf(const Poco::Exception& error) const override
    {
        if (dynamic_cast<const Poco::Net::CertificateValidationException*>(&error) != nullptr)
            return TlsFailure::wrongName;
        if (dynamic_cast<const Poco::Net::SSLConnectionUnexpectedlyClosedException*>(&error) != nullptr)
            return TlsFailure::closed;
        return dynamic_cast<const Poco::Net::SSLException*>(&error) != nullptr ? TlsFailure::other : TlsFailure::none;
    }

private:
    Poco::Net::Context::Ptr context_;
};

}

}

extern "C" mcpctl::docker::Tls* mcpctlMakeTls(const mcpctl::docker::Endpoint& endpoint)
{
    return new mcpctl::docker::PocoTls(endpoint); // NOLINT(cppcoreguidelines-owning-memory): makeTls() owns it
}
