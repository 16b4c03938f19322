#include "model/hash.h"

#include <Poco/DigestEngine.h>

namespace mcpctl
{

Sha256& Sha256::add(std::string_view data)
{
    engine_.update(data.data(), data.size());
    return *this;
}

std::string Sha256::hex()
{
    return Poco::DigestEngine::digestToHex(engine_.digest());
}

std::string sha256Hex(std::string_view data)
{
    return Sha256().add(data).hex();
}

}
