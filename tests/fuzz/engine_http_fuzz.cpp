#include "docker/channels.h"
#include "docker/client.h"
#include "docker/engine_reader.h"
#include "docker/image_reference.h"
#include "docker/pull.h"
#include "fuzz/engine.h"
#include "fuzz/fuzz.h"

using namespace mcpctl;
using namespace mcpctl::docker;
using mcpctl::fuzz::Engine;
using mcpctl::fuzz::require;

namespace
{

const Request request{.path = "/anything", .what = "ask"};

/// An answer as bytes, header and all.
void readRaw(Client& client, char way)
{
    const auto take = [](std::string_view piece)
    {
        require(!piece.empty(), "a piece has something in it");
        return true;
    };
    switch (way)
    {
    case 'g':
        client.get(request);
        client.get(request); // over the same connection, where it is kept
        break;
    case 'h':
        client.head(request);
        break;
    case 'j':
        client.getJson(request);
        break;
    case 'p':
        client.post(request);
        break;
    case 'l':
        client.getStream(request, {.framing = Framing::lines, .sink = take});
        break;
    case 'c':
        client.getStream(request, {.framing = Framing::chunks, .sink = take});
        break;
    case 'v':
        client.apiVersion();
        break;
    case 'u':
    {
        StdioChannel channel(client.hijack(request), [](auto) { return std::nullopt; });
        while (channel.read({}).what == Channel::Reading::What::bytes)
            continue;
        break;
    }
    default:
        break;
    }
}

/// Answers of good form whose bodies are anything.
void ask(const std::shared_ptr<Client>& client, char what)
{
    const EngineReader reader(client, "/nowhere");
    const ProjectName project("mcpctl");
    const auto pieces = [](const LogPiece&) { return true; };
    switch (what)
    {
    case 'I':
        reader.engineInfo();
        break;
    case 'L':
        reader.listInstances(project);
        break;
    case 'N':
        reader.networks();
        break;
    case 'S':
        reader.status("id");
        break;
    case 'H':
        reader.health("id");
        break;
    case 'M':
        reader.stats("id");
        break;
    case 'O':
        reader.logs("id", {.timestamps = true}, pieces, {});
        break;
    case 'F':
        reader.logs("id", {.timestamps = true, .follow = true}, pieces, {});
        break;
    case 'E':
        reader.events(project, [](const Event&) {}, {});
        break;
    case 'B':
        reader.eventsBetween(project, 0, std::nullopt, [](const Event&) {});
        break;
    case 'T':
        reader.isolation("id");
        break;
    case 'P':
        pullImage(*client, parseImageReference("image:1"), std::nullopt, {}, {});
        break;
    case 'D':
        registryDigest(*client, parseImageReference("image:1"), std::nullopt);
        break;
    default:
        break;
    }
}

}

/// What comes from where the engine should be. The first letter says what is asked, the rest is what is answered.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static Engine engine;
    if (size == 0)
        return 0;
    const char way = static_cast<char>(data[0]);
    const bool raw = way >= 'a' && way <= 'z';
    engine.answerWith(fuzz::textOf(data + 1, size - 1), raw, way == 'v');
    const auto client = std::make_shared<Client>(engine.endpoint());
    try
    {
        if (raw)
            readRaw(*client, way);
        else
            ask(client, way);
    }
    catch (const EngineError& error)
    {
        require(error.what() != std::string(), "a failure has words");
    }
    catch (const OrchestratorError& error)
    {
        require(error.what() != std::string(), "a failure has words");
    }
    return 0;
}
